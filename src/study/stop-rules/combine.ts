import { usage } from "../../core/errors.ts";
import type { StopReason, StopRule, StopRuleFactory } from "../../core/stop-rule.ts";

/** Stops when one of the rules does. A list of rules means the same. */
export function anyOf(...rules: readonly StopRuleFactory[]): StopRuleFactory {
  return combined("anyOf", rules, {
    endless: rules.every(({ endless }) => endless),
    decide: (reasons) => reasons.find((reason) => reason !== undefined),
  });
}

/** Stops when every rule has, each at some time. */
export function allOf(...rules: readonly StopRuleFactory[]): StopRuleFactory {
  return combined("allOf", rules, {
    endless: rules.some(({ endless }) => endless),
    decide: (reasons) => (reasons.includes(undefined) ? undefined : reasons.at(-1)),
  });
}

function combined(
  name: string,
  factories: readonly StopRuleFactory[],
  {
    endless,
    decide,
  }: {
    readonly endless: boolean;
    readonly decide: (reasons: readonly (StopReason | undefined)[]) => StopReason | undefined;
  },
): StopRuleFactory {
  if (factories.length === 0) throw usage(`Expected ${name}() to be given at least one rule`);
  const costs = factories.flatMap((factory) => factory.cost ?? []);
  return {
    name,
    ...(costs.length > 0 ? { cost: Math.min(...costs) } : {}),
    ...(factories.some(({ tolerates }) => tolerates) ? { tolerates: true as const } : {}),
    ...(endless ? { endless } : {}),
    create: (context) => {
      const rules = factories.map((factory) => factory.create(context));
      const spoken: (StopReason | undefined)[] = rules.map(() => undefined);
      const heeds = rules.some((rule: StopRule) => rule.heedsReports);
      return {
        tell: (trial) => rules.forEach((rule) => rule.tell(trial)),
        check: (now) => {
          rules.forEach((rule, i) => (spoken[i] ??= rule.check(now)));
          return decide(spoken);
        },
        get wakeAfter() {
          return Math.min(...rules.map(({ wakeAfter = Infinity }) => wakeAfter));
        },
        ...(heeds ? { heedsReports: true as const } : {}),
      };
    },
  };
}
