"""The commands there are, each with the sentence that the help says about it."""

from __future__ import annotations

COMMANDS = {
    "init": "Start a project here: a small schema, the configuration, a commit hook.",
    "generate": "Compile schemas into SQL, models, schemas, validators and types.",
    "check": "Say whether the generated files are what the schemas say.",
    "lint": "Point out what is allowed in a schema, yet probably not meant.",
    "drift": "Say whether live databases, APIs and frontends are what the schema says.",
    "verify": "Say whether all layers give the same verdict on the same values.",
    "schema": "Print the JSON Schema by which editors know the schema language.",
}


def help_text() -> str:
    """What `isotype --help` prints."""
    width = max(map(len, COMMANDS)) + 2
    listed = "\n".join(f"  {name:{width}}{sentence}" for name, sentence in COMMANDS.items())
    return f"""\
Usage: isotype [OPTIONS] COMMAND [ARGS]...

  One schema; the same type in every layer.

Options:
  -V, --version  Show the version and exit.
  -h, --help     Show this message and exit.

Commands:
{listed}

Exit codes: 0 nothing found, 1 findings, 2 the job could not be done.
'isotype COMMAND --help' says more about one command.
"""
