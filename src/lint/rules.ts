import type { Rule } from "./rule.ts";
import { charType } from "./rules/char-type.ts";
import { cutName } from "./rules/cut-name.ts";
import { duplicateIndex } from "./rules/duplicate-index.ts";
import { floatMoney } from "./rules/float-money.ts";
import { foreignKeyTypes } from "./rules/foreign-key-types.ts";
import { jsonType } from "./rules/json-type.ts";
import { mixedCaseName } from "./rules/mixed-case-name.ts";
import { moneyType } from "./rules/money-type.ts";
import { narrowKey } from "./rules/narrow-key.ts";
import { noPrimaryKey } from "./rules/no-primary-key.ts";
import { nullableBoolean } from "./rules/nullable-boolean.ts";
import { nullableUnique } from "./rules/nullable-unique.ts";
import { policiesWithoutRowSecurity } from "./rules/policies-without-row-security.ts";
import { redundantIndex } from "./rules/redundant-index.ts";
import { reservedName } from "./rules/reserved-name.ts";
import { rowSecurityWithoutPolicies } from "./rules/row-security-without-policies.ts";
import { securityDefinerSearchPath } from "./rules/security-definer-search-path.ts";
import { serialType } from "./rules/serial-type.ts";
import { setNullNotNull } from "./rules/set-null-not-null.ts";
import { singleValueEnum } from "./rules/single-value-enum.ts";
import { timeWithZone } from "./rules/time-with-zone.ts";
import { timestampWithoutZone } from "./rules/timestamp-without-zone.ts";
import { unindexedForeignKey } from "./rules/unindexed-foreign-key.ts";
import { viewPastRowSecurity } from "./rules/view-past-row-security.ts";

/** Every rule of `stk schema lint`, in the order of the documentation. */
export const rules: readonly Rule[] = [
  unindexedForeignKey,
  foreignKeyTypes,
  setNullNotNull,
  noPrimaryKey,
  narrowKey,
  serialType,
  charType,
  timestampWithoutZone,
  timeWithZone,
  moneyType,
  floatMoney,
  jsonType,
  nullableBoolean,
  singleValueEnum,
  nullableUnique,
  duplicateIndex,
  redundantIndex,
  cutName,
  mixedCaseName,
  reservedName,
  rowSecurityWithoutPolicies,
  policiesWithoutRowSecurity,
  viewPastRowSecurity,
  securityDefinerSearchPath,
];
