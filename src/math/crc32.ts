/** The CRC-32 of a text's UTF-8 bytes (ISO 3309, polynomial 0xEDB88320 reflected), from 0 to 2³² − 1. */
export function crc32(text: string): number {
  let crc = 0xffffffff;
  for (const byte of new TextEncoder().encode(text)) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return ~crc >>> 0;
}
