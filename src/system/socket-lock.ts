import { createHash } from "node:crypto";
import { statSync, unlinkSync } from "node:fs";
import { connect, createServer, type Server, type Socket } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { FileLock } from "./file-lock.ts";

/** Bytes of a socket's name on Linux (unix(7)). */
const NAME = 108;

/**
 * A lock between all processes and threads of this user on this host: whoever listens on a socket of that name holds it,
 * and the operating system lets go of it when he dies. Who waits connects, and is woken when the connection closes.
 */
export class SocketLock {
  readonly #address: string;
  /** Where the socket is a file, which outlives its owner: guards taking it over. */
  readonly #guard: FileLock | undefined;

  /** `files`: a directory for sockets that are files. @default none where the system has names without files */
  constructor(name: string, files?: string) {
    const user = process.platform === "win32" ? userInfo().username : String(process.getuid!());
    const plain = /^[\w ./-]{1,60}$/.test(name) ? name : digest(name);
    const directory = files ?? (process.platform === "linux" || process.platform === "win32" ? undefined : tmpdir());
    if (directory !== undefined) {
      this.#address = join(directory, `attune-${user}-${digest(name).slice(0, 16)}.sock`);
      this.#guard = new FileLock(this.#address);
    } else if (process.platform === "win32")
      this.#address = `\\\\.\\pipe\\attune-${user}-${plain.replaceAll("/", "|")}`;
    // some versions of Node fill the name up with zeros, and zeros count
    else this.#address = `\0attune-${user}-${plain}`.padEnd(NAME, "\0");
  }

  /** Takes the lock if it is free. Rejects with the operating system's error. */
  async try(): Promise<HeldLock | undefined> {
    const held = await this.#listen();
    if (held !== undefined || this.#guard === undefined || !(await this.#clear())) return held;
    return this.#listen();
  }

  /** Resolves when the lock is free, or was a moment ago, or the signal aborts: whether there was something to wait for. */
  async released(signal: AbortSignal): Promise<boolean> {
    if (signal.aborted) return false;
    const socket = connect(this.#address);
    const end = (): void => void socket.destroy();
    signal.addEventListener("abort", end);
    let connected = false;
    socket.once("connect", () => {
      connected = true;
    });
    await new Promise<void>(
      (resolve) =>
        void socket
          .on("error", () => {})
          .on("close", () => resolve())
          .resume(),
    );
    signal.removeEventListener("abort", end);
    return connected;
  }

  async #listen(): Promise<HeldLock | undefined> {
    const server = createServer();
    const listening = new Promise<boolean>((resolve, reject) => {
      server.once("listening", () => resolve(true));
      server.once("error", (error: NodeJS.ErrnoException) =>
        error.code === "EADDRINUSE" || process.platform === "win32" ? resolve(false) : reject(error),
      );
    });
    listening.catch(() => {});
    // exclusive: in a cluster's worker the primary would listen in its place
    const listen = (): void => void server.listen({ path: this.#address, exclusive: true });
    if (this.#guard === undefined) listen();
    else await this.#guarded(listen);
    return (await listening) ? new HeldLock(server) : undefined;
  }

  /**
   * Removes the socket of one who died; true if there is none now. Binding and listening are two calls: one who is
   * between them refuses connections too, but he holds the guard, so that after a turn of our own the second refusal
   * tells.
   */
  async #clear(): Promise<boolean> {
    const before = this.#file();
    if (before === undefined) return true;
    if (await this.#answers()) return false;
    await this.#guarded(() => {});
    if (await this.#answers()) return false;
    await this.#guarded(() => {
      if (this.#file() === before) unlinkSync(this.#address);
    });
    return true;
  }

  /** Tells one file from the next of the same name. */
  #file(): string | undefined {
    const found = statSync(this.#address, { throwIfNoEntry: false, bigint: true });
    return found && `${found.ino} ${found.ctimeNs}`;
  }

  async #answers(): Promise<boolean> {
    const socket = connect(this.#address);
    const answer = new Promise<boolean>((resolve) => {
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
    });
    const answers = await answer;
    socket.destroy();
    return answers;
  }

  async #guarded(work: () => void): Promise<void> {
    await this.#guard!.hold(work);
    this.#guard!.close();
  }
}

/** A lock that is held until it is disposed of. It keeps no process alive. */
export class HeldLock implements AsyncDisposable {
  readonly #server: Server;
  readonly #waiting = new Set<Socket>();

  constructor(server: Server) {
    this.#server = server.unref();
    server.on("error", () => {});
    server.on("connection", (socket) => {
      this.#waiting.add(socket.unref());
      socket.on("error", () => {}).on("close", () => this.#waiting.delete(socket));
    });
  }

  /** Whether someone waits for it. */
  get wanted(): boolean {
    return this.#waiting.size > 0;
  }

  /** Frees the lock, then wakes those who wait, the first first. */
  async [Symbol.asyncDispose](): Promise<void> {
    if (!this.#server.listening) return;
    this.#server.close();
    for (const socket of this.#waiting) socket.destroy();
  }
}

function digest(name: string): string {
  return createHash("sha256").update(name).digest("hex");
}
