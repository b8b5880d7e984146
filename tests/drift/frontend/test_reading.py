"""How a frontend writes its types, and where they come from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from tests.drift.conftest import SCHEMA, Shop
from tests.engines import ROOT
from tests.engines.node import find_node, find_package

PURCHASE = """\
export interface Purchase {
  id: string;
  customerId: string;
  total: string;
  status: "open" | "paid" | "sent";
  note: string | null;
  changedAt: string;
}
"""
PAGED = f"{SCHEMA}operations:\n  list_customers: {{get: /customers, returns: page(Customer)}}\n"
TWICE = """\
isotype: 1
domain: shop
objects:
  Place: {fields: {town: string(80)}}
entities:
  Trip:
    fields:
      id: {type: int, key: true}
      tags: string(20)[]
      notes: string(20)[]
      prices: map(int)
      costs: map(int)
      start: Place
      end: Place
      stops: Place[]
"""
CUSTOMER = "export interface Customer { id: string; email: string }\n"


@pytest.fixture
def front(shop: Shop) -> Shop:
    """The project with a frontend in it, whose compiler is the one of this project."""
    (shop.root / "node_modules").symlink_to(ROOT / "node_modules")
    shop.write("web/tsconfig.json", '{"compilerOptions": {"strict": true}}')
    return shop


def test_types_in_sync_are_silent(front: Shop) -> None:
    """Types that are the generated ones are exit code 0, with what was compared and what was not."""
    front.write("web/types.ts", PURCHASE + CUSTOMER + "export interface Basket { items: Purchase[] }\n")
    assert front.drift("--types", "web/types.ts") == 0, front.out
    assert "frontend: 10 objects compared, nothing found" in front.out
    assert "shop: web/types.ts: in sync in 2 types (Purchase, Customer)" in front.out
    assert "not compared, for no generated type has their name: Basket" in front.out


def test_difference_is_exit_code_1_at_its_line(front: Shop) -> None:
    """A difference is told at the line of the frontend, with that of the schema and what to write."""
    front.write("web/types.ts", PURCHASE.replace("string | null", "string"))
    assert front.drift("--types", "web/types.ts") == 1
    assert "web/types.ts:6:3: Purchase.note is never null, and may be in the schema" in front.out
    assert f"schema: {front.place('note: text?')}" in front.out
    assert "repair: note: string | null;" in front.out


def test_type_that_is_not_exported_is_found(front: Shop) -> None:
    """A component's own interface counts, and `FILE:Name` compares that one alone."""
    front.write("web/page.tsx", PURCHASE.replace("export ", "") + "interface Customer { id: number }\n")
    assert front.drift("--types", "web/page.tsx:Purchase") == 0, front.out
    assert front.drift("--types", "web/page.tsx") == 1
    assert "Customer.id is of another type" in front.out


def test_other_name_is_given(front: Shop) -> None:
    """`FILE:Name=Generated` says which generated type a type is to be, several of one file too."""
    front.write("web/types.ts", PURCHASE.replace("Purchase", "Order") + "export type Draft = Partial<Order>;\n")
    assert front.drift("--types", "web/types.ts:Order=Purchase") == 0, front.out
    both = ("--types", "web/types.ts:Order=PurchaseResponse", "--types", "web/types.ts:Draft=PurchaseUpdate")
    assert front.drift(*both) == 1
    assert "Draft.id is there, and the schema has no such property" in front.out
    assert "in 2 types (Order, Draft)" in front.out


def test_inferred_and_imported_types(front: Shop) -> None:
    """What a Zod schema infers, what other modules export, and what a path of the configuration leads to is read."""
    front.write("web/tsconfig.json", '{"compilerOptions": {"paths": {"@app/*": ["./src/*"]}}, /* here */ }')
    front.write("web/src/status.ts", 'export const STATUSES = ["open", "paid", "sent"] as const;\n')
    front.write(
        "web/schemas.ts",
        'import { z } from "zod";\nimport { STATUSES } from "@app/status";\n'
        "const purchaseSchema = z.object({ id: z.uuid(), customerId: z.string(), total: z.string(), "
        "status: z.enum(STATUSES), note: z.string().nullable(), changedAt: z.iso.datetime() });\n"
        "export type Purchase = z.infer<typeof purchaseSchema>;\n",
    )
    front.write("web/index.ts", 'export type { Purchase } from "./schemas";\nexport { Purchase as Order };\n')
    assert front.drift("--types", "web/index.ts:Purchase") == 0, front.out + front.err
    front.write("web/src/status.ts", 'export const STATUSES = ["open", "paid", "lost"] as const;\n')
    assert front.drift("--types", "web/index.ts:Purchase") == 1
    assert 'Purchase.status lacks "sent", and has "lost" instead' in front.out
    assert "web/schemas.ts:3:" in front.out


def test_enums_are_their_values(front: Shop) -> None:
    """An enum is compared by the values of its members, as a union is."""
    front.write("web/types.ts", 'export enum Status {\n  Open = "open",\n  Paid = "paid",\n  Sent = "sent",\n}\n')
    assert front.drift("--types", "web/types.ts") == 0, front.out
    front.write("web/types.ts", 'export type Status = "open" | "paid";\n')
    assert front.drift("--types", "web/types.ts") == 1
    assert 'web/types.ts:1:13: Status lacks "sent" [drift-different-type]' in front.out
    assert f"schema: {front.place('Status: {values')}" in front.out


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ('"open" | "paid" | "sent" | (string & {})', "is wider than in the schema"),
        ("`${string}`", ""),
        ("string", ""),
        ("`p-${number}`", "is narrower than in the schema"),
        ("{}", "is wider than in the schema"),
        ("never", "is narrower than in the schema"),
        ("Date", "is of another type than in the schema"),
        ("() => string", "is of another type than in the schema"),
        ("string[]", "is of another type than in the schema"),
        ("[string]", "is of another type than in the schema"),
        ("unknown", "is wider than in the schema"),
    ],
)
def test_unusual_types_are_judged_by_the_compiler(front: Shop, written: str, said: str) -> None:
    """Of types that no schema makes the compiler says which is the wider."""
    field = "status" if "open" in written else "total"
    front.write("web/types.ts", re.sub(rf"{field}: .*;", lambda _: f"{field}: {written};", PURCHASE))
    assert front.drift("--types", "web/types.ts") == bool(said), front.out
    assert f"Purchase.{field} {said}" in front.out or not said


def test_what_is_nested_is_named_by_its_path(front: Shop) -> None:
    """Differences inside of arrays and of types that are given elsewhere have their whole path, and are said once."""
    text = CUSTOMER.replace("id: string", "id: number") + (
        "export interface CustomerList { items: Customer[]; total: number; page: number; pageSize: number }\n"
    )
    front.say(PAGED)
    front.write("web/types.ts", text)
    assert front.drift("--types", "web/types.ts:CustomerList") == 1
    assert "web/types.ts:1:29: CustomerList.items[].id is of another type" in front.out
    assert front.drift("--types", "web/types.ts") == 1
    assert front.out.count("is of another type") == 1, front.out
    assert "Customer.id is of another type" in front.out


def test_every_property_of_one_wrong_type_is_named(front: Shop) -> None:
    """Properties that are wrong in the same way are each named; what stands in a type of its own is named there."""
    front.say(TWICE)
    front.write(
        "web/types.ts",
        "interface Place { town: number }\n"
        "export interface Trip { id: number; tags: number[]; notes: number[]; prices: Record<string, string>;\n"
        "  costs: Record<string, string>; start: Place; end: Place; stops: Place[] }\n",
    )
    assert front.drift("--types", "web/types.ts:Trip") == 1
    wrong = sorted(re.findall(r"web/types.ts:\d+:\d+: Trip\.(\S+) is of another type", front.out))
    assert wrong == ["costs{}", "notes[]", "prices{}", "start.town", "tags[]"]
    assert "web/types.ts:1:19: Trip.start.town" in front.out


def test_configuration_that_names_others(front: Shop) -> None:
    """Of a configuration that only refers to others, the one that includes the file is heeded."""
    front.write("web/tsconfig.json", '{"files": [], "references": [{"path": "./node.json"}, {"path": "./app.json"}]}')
    front.write("web/node.json", '{"include": ["vite.config.ts"]}')
    front.write("web/app.json", '{"compilerOptions": {"paths": {"~/*": ["./src/*"]}}, "include": ["src"]}')
    front.write("web/src/id.ts", "export type Id = string;\n")
    front.write("web/src/types.ts", 'import type { Id } from "~/id";\n' + CUSTOMER.replace("id: string", "id: Id"))
    assert front.drift("--types", "web/src/types.ts") == 0, front.out


def test_lax_configuration_makes_nothing_equal(front: Shop) -> None:
    """Types mean all that they say, whatever the project's own configuration lets pass."""
    front.write("web/tsconfig.json", '{"compilerOptions": {"strict": false, "strictNullChecks": false}}')
    front.write("web/types.ts", PURCHASE.replace("string | null", "string"))
    assert front.drift("--types", "web/types.ts") == 1
    assert "Purchase.note is never null" in front.out


@pytest.mark.parametrize(
    ("text", "given", "said"),
    [
        ("export interface Purchase {\n", "web/types.ts", "web/types.ts:2:1: the compiler says: '}' expected."),
        (PURCHASE, "web/types.ts:Customer", "there is no type 'Customer' in web/types.ts (it has Purchase)"),
        (
            PURCHASE,
            "web/types.ts:Purchas",
            "no type 'Purchas', to compare with web/types.ts (did you mean 'Purchase'?)",
        ),
        (PURCHASE, "web/types.ts:Purchase=Purchases", "makes no type 'Purchases'"),
        (PURCHASE, "web/other.ts", "there is no file 'web/other.ts'"),
        (PURCHASE, "web/no*.ts", "no file matches 'web/no*.ts'"),
        (PURCHASE, "web/types.css", "'web/types.css' names no file of TypeScript"),
        ("export type Purchase<T> = { id: T };\n", "web/types.ts", "'Purchase' is a type only when its parameters"),
        ("export type Basket = 1;\n", "web/types.ts", "no type in web/types.ts has the name of a generated one"),
        (
            'import { Id } from "./gone";\n' + CUSTOMER.replace("id: string", "id: Id"),
            "web/types.ts",
            "web/types.ts:1:20: the compiler says: Cannot find module './gone'",
        ),
    ],
)
def test_what_cannot_be_compared_is_a_sentence(front: Shop, text: str, given: str, said: str) -> None:
    """A file or a name that is of no use is exit code 2, and says what is the matter."""
    front.write("web/types.ts", text)
    assert front.drift("--types", given) == 2
    assert said in front.out + front.err
    assert "Traceback" not in front.err


def test_broken_file_does_not_hide_the_others(front: Shop) -> None:
    """What one file lacks is told although another one cannot be read."""
    front.write("web/broken.ts", "export interface Purchase {")
    front.write("web/types.ts", CUSTOMER.replace("; email: string", ""))
    assert front.drift("--types", "web/broken.ts", "--types", "web/types.ts") == 2
    assert "'}' expected" in front.out
    assert "Customer.email is missing" in front.out
    assert "shop: web/broken.ts could not be compared" in front.out


def test_many_files_by_one_name(front: Shop) -> None:
    """`*` stands for the names of files."""
    front.write("web/types/purchase.ts", PURCHASE)
    front.write("web/types/customer.ts", CUSTOMER)
    assert front.drift("--types", "web/types/*.ts") == 0, front.out
    assert "purchase.ts: in sync" in front.out
    assert "customer.ts: in sync" in front.out


def test_machine_without_compiler_says_the_ways_out(
    shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without TypeScript, or without Node.js, the run is exit code 2 and says what to install."""
    shop.write("web/types.ts", PURCHASE)
    nothing = tmp_path / "nothing"
    nothing.mkdir()
    monkeypatch.setenv("PATH", str(nothing))
    assert shop.drift("--types", "web/types.ts") == 2
    assert "no TypeScript was found" in shop.err
    assert "npm install" in shop.err
    (shop.root / "node_modules").symlink_to(ROOT / "node_modules")
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert shop.drift("--types", "web/types.ts") == 2
    assert "Node.js" in shop.err


def test_compiler_on_the_path_is_used(shop: Shop, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the project has no compiler of its own, the one whose `tsc` is on the PATH is asked."""
    shop.write("web/types.ts", PURCHASE)
    folder = tmp_path / "bin"
    folder.mkdir()
    (folder / "tsc").symlink_to(find_package("typescript") / "bin" / "tsc")
    monkeypatch.setenv("PATH", f"{folder}:{Path(find_node()).parent}")
    assert shop.drift("--types", "web/types.ts") == 0, shop.err


def test_compiler_of_another_kind_is_a_sentence(shop: Shop) -> None:
    """A package that is no TypeScript which is known is exit code 2."""
    shop.write("web/types.ts", PURCHASE)
    shop.write("web/node_modules/typescript/package.json", json.dumps({"name": "typescript", "version": "9.0.0"}))
    assert shop.drift("--types", "web/types.ts") == 2
    assert "TypeScript 9.0.0 has no API that is known here" in shop.err


def test_nothing_is_written_beside_the_frontend(front: Shop) -> None:
    """The project's files are only read."""
    front.write("web/types.ts", PURCHASE)
    before = sorted((front.root / "web").rglob("*"))
    assert front.drift("--types", "web/types.ts") == 0
    assert sorted((front.root / "web").rglob("*")) == before
