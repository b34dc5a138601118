import { existsSync, statfsSync } from "node:fs";
import { dirname } from "node:path";

/** The `f_type` of file systems whose clients cache sizes and lack atomic appends (statfs(2); coreutils, src/stat.c). */
const NETWORKED: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB 2 and 3
  0x65735546, // FUSE: sshfs, s3fs, virtiofs …
  0x01021997, // 9p
  0x0bd00bd0, // Lustre
  0x47504653, // GPFS
  0x00c36400, // Ceph
  0x19830326, // BeeGFS
  0x20030528, // OrangeFS
  0xaad7aaea, // PanFS
  0x5346414f, // AFS
  0x6b414653, // kAFS
  0x73757245, // Coda
  0x564c, // NCP
  0x786f4256, // VirtualBox's shared folders
  0xbacbacbc, // VMware's
  0x7c7c6673, // Parallels'
]);

/**
 * Whether a file, which need not exist yet, lies on a file system that other machines write to as well, through caches of
 * their own. Only Linux says so; elsewhere every file system is taken to be local.
 */
export function isNetworked(path: string): boolean {
  if (process.platform !== "linux") return false;
  try {
    return NETWORKED.has(statfsSync(existsSync(path) ? path : dirname(path)).type >>> 0);
  } catch {
    return false;
  }
}
