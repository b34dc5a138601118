import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Gate } from "../../src/evaluators/gate.ts";

const { signal } = new AbortController();
const turn = async (): Promise<void> => {
  for (let i = 0; i < 5; i++) await Promise.resolve();
};

describe("a gate", () => {
  it("lets many in together, one alone, and nobody past who waits to be alone", async () => {
    const gate = new Gate();
    const log: string[] = [];
    const come = (name: string, alone = false): { leave: () => void } => {
      const entered = gate.enter(signal, { alone }).then((leave) => (log.push(name), leave));
      return { leave: () => void entered.then((leave) => leave!()) };
    };
    const [a, b] = [come("a"), come("b")];
    await turn();
    const c = come("c", true);
    const d = come("d");
    await turn();
    expect(log).toEqual(["a", "b"]);
    a.leave();
    await turn();
    expect(log).toEqual(["a", "b"]);
    b.leave();
    await turn();
    expect(log).toEqual(["a", "b", "c"]);
    c.leave();
    await turn();
    expect(log).toEqual(["a", "b", "c", "d"]);
    d.leave();
  });

  it("keeps its promise whoever comes, leaves and gives up", () =>
    fc.assert(
      fc.asyncProperty(
        fc.array(fc.record({ alone: fc.boolean(), aborts: fc.boolean(), stays: fc.nat(4) }), { maxLength: 20 }),
        async (comers) => {
          const gate = new Gate();
          let [together, alone, through] = [0, 0, 0];
          await Promise.all(
            comers.map(async (comer, i) => {
              for (let t = 0; t < i % 3; t++) await turn();
              const controller = new AbortController();
              const entering = gate.enter(controller.signal, { alone: comer.alone });
              if (comer.aborts) controller.abort();
              const leave = await entering;
              through++;
              if (leave === undefined) return expect(comer.aborts).toBe(true);
              if (comer.alone) alone++;
              else together++;
              expect(alone === 0 || (alone === 1 && together === 0)).toBe(true);
              for (let t = 0; t < comer.stays; t++) await turn();
              if (comer.alone) alone--;
              else together--;
              leave();
            }),
          );
          expect(through).toBe(comers.length);
        },
      ),
    ));

  it("lets in who waited behind one who gives up, though somebody is still inside", async () => {
    const gate = new Gate();
    const leave = await gate.enter(new AbortController().signal);
    const giving = new AbortController();
    const alone = gate.enter(giving.signal, { alone: true });
    const behind = gate.enter(new AbortController().signal);
    giving.abort();
    expect([await alone, await behind]).toEqual([undefined, expect.any(Function)]);
    leave!();
  });

  it("is not entered under a signal that has aborted", async () => {
    const gate = new Gate();
    expect(await gate.enter(AbortSignal.abort())).toBeUndefined();
    (await gate.enter(signal, { alone: true }))!();
    expect(await gate.enter(signal)).toBeTypeOf("function");
  });
});
