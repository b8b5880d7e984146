"""Reading command lines. This is the only module that knows `click`; a command is imported when it is called."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from typing import Any, TypeVar

import click

from isotype import __version__
from isotype.cli import FAILED, OK, interrupted
from isotype.cli.commands import COMMANDS, help_text
from isotype.cli.output import Output
from isotype.cli.pipeline import Pipeline, real
from isotype.report import FORMATS
from isotype.workspace.settings import LAYERS

WITNESSES = ("pydantic", "zod", "json_schema", "datamodel", "models", "sqlite", "postgres", "round_trip", "http")
"""Whom `verify` asks; the rooms that know them are imported when it is called."""

Command = TypeVar("Command", bound=Callable[..., Any])


def run(given: Sequence[str], collaborators: Pipeline | None = None) -> int:
    """Carry out one command line; the exit code. `collaborators` stand in for the real ones."""
    try:
        code = commands.main(list(given), prog_name="isotype", standalone_mode=False, obj=collaborators or real())
    except click.ClickException as error:
        error.show(file=sys.stderr)
        return FAILED
    except click.Abort:
        return interrupted(given)
    return code if isinstance(code, int) else OK


class Commands(click.Group):
    """The commands, with the help that is also printed without `click`."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_help(self, ctx: click.Context) -> str:
        return help_text().rstrip("\n")

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        name = args[0]
        if not name.startswith("-") and name not in self.commands:
            close = get_close_matches(name, COMMANDS, 1)
            way_out = f"Did you mean {close[0]!r}?" if close else f"There are {', '.join(COMMANDS)}."
            ctx.fail(f"There is no command {name!r}. {way_out}")
        return super().resolve_command(ctx, args)


def reporting(command: Command) -> Command:
    """The options by which every command that finds something says how it is printed."""
    for option in (
        click.option("--quiet", "-q", is_flag=True, help="Print findings only."),
        click.option("--output", "file", metavar="FILE", default="", help="Write the report to a file."),
        click.option(
            "--format", "form", type=click.Choice(FORMATS), default="text", show_default=True, help="How to report."
        ),
    ):
        command = option(command)
    return command


no_raw = click.option("--no-raw", "raw", flag_value=False, default=True, help="Refuse a schema with raw SQL in it.")
domains = click.argument("domains", nargs=-1, metavar="[DOMAIN]...")


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, "-V", "--version", prog_name="isotype", message="%(prog)s %(version)s")
def commands() -> None:
    """One schema; the same type in every layer."""


@commands.command(short_help=COMMANDS["init"])
@click.argument("name", default="")
@click.pass_obj
def init(used: Pipeline, name: str) -> int:
    """Start a project in this folder: a small schema, the configuration, a commit hook, an editor setting.

    NAME is the domain's name, in snake_case; without one it is the folder's. Files that are here stay as they are.
    """
    from isotype.cli import init

    return init.run(name, collaborators=used)


@commands.command(short_help=COMMANDS["generate"])
@domains
@click.option("--only", multiple=True, type=click.Choice(LAYERS), help="Write this layer only; may be repeated.")
@click.option("--dry-run", is_flag=True, help="Print what would change as a unified diff; write nothing.")
@click.option("--watch", is_flag=True, help="Generate again whenever a schema, template or setting changes.")
@no_raw
@reporting
@click.pass_obj
def generate(
    used: Pipeline,
    domains: tuple[str, ...],
    only: tuple[str, ...],
    dry_run: bool,
    watch: bool,
    raw: bool,
    form: str,
    file: str,
    quiet: bool,
) -> int:
    """Compile the schemas of the named domains, or of all, and write the files that differ."""
    output = Output(form, file, quiet)
    if watch and dry_run:
        raise click.UsageError("--watch writes and --dry-run does not: give one of them.")
    if watch:
        from isotype.cli import watch as watching

        return watching.run(domains, only=only, raw=raw, output=output, collaborators=used)
    from isotype.cli import generate

    return generate.run(domains, only=only, dry_run=dry_run, raw=raw, output=output, collaborators=used)


@commands.command(short_help=COMMANDS["check"])
@domains
@click.option("--full", is_flag=True, help="Render and compare, without believing the manifests.")
@no_raw
@reporting
@click.pass_obj
def check(used: Pipeline, domains: tuple[str, ...], full: bool, raw: bool, form: str, file: str, quiet: bool) -> int:
    """Say whether the generated files are what the schemas say: missing, edited, stale and left-over files are named.

    The committed manifests are believed when every digest in them holds; --full renders everything all the same.
    """
    from isotype.cli import check

    return check.run(domains, full=full, raw=raw, output=Output(form, file, quiet), collaborators=used)


@commands.command(short_help=COMMANDS["lint"])
@domains
@reporting
@click.pass_obj
def lint(used: Pipeline, domains: tuple[str, ...], form: str, file: str, quiet: bool) -> int:
    """Point out what is allowed in the schemas of the named domains, or of all, yet probably not meant.

    `ignore` under [lint] in the configuration leaves findings out: by code, or as "code:object.path".
    """
    from isotype.cli import lint

    return lint.run(domains, output=Output(form, file, quiet), collaborators=used)


@commands.command(short_help=COMMANDS["drift"])
@domains
@click.option("--db", "databases", multiple=True, metavar="URL", help="A database to compare; may be repeated.")
@click.option("--api", "apis", multiple=True, metavar="URL|FILE", help="An API or its document; may be repeated.")
@click.option("--probe", type=click.Choice(("none", "read", "write")), default="none", help="Call the APIs themselves.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="For every call of an API.")
@click.option("--requests", type=click.IntRange(1), default=2000, show_default=True, help="Calls of one API, at most.")
@click.option("--types", multiple=True, metavar="FILE.ts[:Name]", help="Types of a frontend; may be repeated.")
@click.option("--db-list", "listed", metavar="FILE", default="", help="A file of URLs, or of names beside --db.")
@click.option("--db-query", "query", metavar="SQL", default="", help="SQL on --db that yields URLs or database names.")
@click.option("--jobs", type=click.IntRange(1, 64), default=8, show_default=True, help="Databases read at once.")
@click.option("--timeout", type=click.IntRange(1, 3600), default=60, show_default=True, help="Seconds for an answer.")
@click.option("--scratch", metavar="URL", default="", help="A server where the schema is loaded for a moment.")
@click.option("--expected", multiple=True, metavar="FILE", help="Compare with saved facts; may be repeated.")
@click.option("--save-expected", "save", metavar="FILE", default="", help="Write the expected facts, and stop.")
@click.option("--fix-sql", "fix", metavar="FILE", default="", help="Write SQL that repairs; {database} is its name.")
@click.option("--baseline", metavar="FILE", default="", help="Differences that are accepted, each until a day.")
@click.option("--no-raw", is_flag=True, help="Refuse to load the raw SQL of a schema.")
@reporting
@click.pass_obj
def drift(
    used: Pipeline,
    domains: tuple[str, ...],
    databases: tuple[str, ...],
    listed: str,
    query: str,
    jobs: int,
    timeout: int,
    scratch: str,
    expected: tuple[str, ...],
    save: str,
    fix: str,
    baseline: str,
    no_raw: bool,
    types: tuple[str, ...],
    apis: tuple[str, ...],
    probe: str,
    headers: tuple[str, ...],
    requests: int,
    form: str,
    file: str,
    quiet: bool,
) -> int:
    """Say whether databases, APIs and frontends are what the schema says: every difference and its line.

    Without --db, --api and --types everything is compared that the configuration names. A database is only read, in one
    snapshot. What it should be is found by loading the schema into a scratch database of the same version, once. Of an
    API its OpenAPI document is read; --probe read makes calls too, which change nothing, and --probe write such as make
    rows and take them away, where the configuration allows it. Types of a frontend are read by its own TypeScript
    compiler. See docs/drift.md and docs/api-drift.md.
    """
    if query and not databases:
        raise click.UsageError("--db-query needs the database that it asks: give it with --db.")
    from isotype.cli import drift

    asked = drift.Asked(
        databases=databases,
        listed=listed,
        query=query,
        scratch=scratch,
        expected=expected,
        save=save,
        fix=fix,
        raw=not no_raw,
        jobs=jobs,
        timeout=timeout,
        baseline=baseline,
        types=types,
        apis=apis,
        probe=probe,
        headers=headers,
        requests=requests,
    )
    return drift.run(domains, asked, output=Output(form, file, quiet), collaborators=used)


@commands.command(short_help=COMMANDS["verify"])
@domains
@click.option("--cases", type=click.IntRange(0), default=0, help="Values altogether; every boundary is asked anyway.")
@click.option("--seed", type=int, default=0, show_default=True, help="Of the random values; the same makes the same.")
@click.option(
    "--witness", "witnesses", multiple=True, type=click.Choice(WITNESSES), help="Ask this one only; repeatable."
)
@click.option("--only", metavar="Entity[.field]", default="", help="Ask about this alone, and show each constraint.")
@click.option("--quick", is_flag=True, help="A sample of the boundaries, for a commit or a pull request.")
@click.option("--api", metavar="URL", default="", help="An API for tests, asked instead of the generated one.")
@click.option("--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="For every call of that API.")
@no_raw
@reporting
@click.pass_obj
def verify(
    used: Pipeline,
    domains: tuple[str, ...],
    cases: int,
    seed: int,
    witnesses: tuple[str, ...],
    only: str,
    quick: bool,
    api: str,
    headers: tuple[str, ...],
    raw: bool,
    form: str,
    file: str,
    quiet: bool,
) -> int:
    """Say whether all layers give the same verdict on the same values.

    Boundary and hostile values are made from every type, constraint and rule of the schema, and put to the real
    engines: Pydantic, Zod under Node, JSON Schema, the models that datamodel-code-generator makes of it, SQLAlchemy,
    SQLite, PostgreSQL and the API over HTTP. What differs is shown with the smallest value that shows it. An engine
    that is missing is left out, and the report says so. --api asks an API that runs instead of the generated one, where
    the configuration names it under test_apis: rows are made there.
    """
    from isotype.cli import verify

    asked = verify.Asked(cases, seed, witnesses, only, quick, raw, api, headers)
    return verify.run(domains, asked, output=Output(form, file, quiet), collaborators=used)


@commands.command(short_help=COMMANDS["schema"])
@click.option("--output", "file", metavar="FILE", default="", help="Write it to a file.")
@click.pass_obj
def schema(used: Pipeline, file: str) -> int:
    """Print the JSON Schema by which editors complete and check the schema language."""
    from isotype.cli import schema

    return schema.run(file=file, collaborators=used)
