"""What `isotype init` writes."""

from __future__ import annotations

_SCHEMA = """\
# What one thing means, once: `isotype generate` compiles this into SQL, SQLAlchemy, Pydantic, Zod and TypeScript.
isotype: 1
domain: DOMAIN
description: The people who use this application, and what they write

# A type gives a meaning a name.
types:
  Email: {base: string(254), pattern: '^[^@ ]+@[^@ ]+$'}

enums:
  PostStatus: [draft, published, archived]

# A mixin is a group of fields that several entities include.
mixins:
  Timestamps:
    created_at: {type: timestamp, default: now, access: read}
    updated_at: {type: timestamp, default: now, on_update: now, access: read}

entities:
  User:
    description: Someone who can sign in
    include: [Timestamps]
    fields:
      id:    {type: uuid, key: true, default: uuid}
      email: {type: Email, unique: true}
      name:  string(100)?                                # `?` means it may be null

  Post:
    description: Something a user wrote
    include: [Timestamps]
    fields:
      id:           {type: uuid, key: true, default: uuid}
      author:       {ref: User, on_delete: cascade}
      title:        {type: string(200), min_length: 1}
      body:         text
      status:       {type: PostStatus, default: draft}
      published_at: timestamp?
    indexes:
      idx_posts_author: {on: [author]}
    # A rule is about several fields of a row; the database, the API and the frontend all keep it.
    rules:
      published_posts_have_a_time:
        that: status <> 'published' OR published_at IS NOT NULL
        message: A published post says when it was published.

# What the API is asked: the calls of a service and of its client.
operations:
  list_posts:  {get: /api/posts, query: {status: 'PostStatus?'}, returns: 'Post[]', order: published_at desc}
  create_post: {post: /api/posts, body: Post, returns: Post, errors: [409, 422]}
  get_post:    {get: '/api/posts/{id}', path: {id: uuid}, returns: Post, errors: [404, 422]}
"""


def schema(domain: str) -> str:
    """The first schema of a domain, by the name it has in the project."""
    return _SCHEMA.replace("DOMAIN", domain)


CONFIGURATION = """\
# Every schema/<name>.yaml, and every folder schema/<name>/, is a domain; its output goes to generated/<name>/<layer>/.
# What follows is what there is to change, each line with an example.

# schema = "schema"
# output = "generated"
# templates = "templates"                  # your own templates, each in place of the one of the same name
# only = ["sql", "models", "schemas"]      # of sql, models, schemas, api, types, zod, client, openapi those you want

# [layers.models]                          # where a layer goes, and how it is imported from there
# path = "backend/app/models"
# import = "app.models"

# [layers.schemas]                         # the models import the schemas
# path = "backend/app/schemas"
# import = "app.schemas"

# [layers.zod]
# path = "frontend/src/schemas"
# extension = "none"                       # imports end in: js, ts, none

# [domains.shop]                           # list domains to decide things for one of them
# schema = "schema/shop.yaml"

# [lint]
# ignore = ["code", "code:entities.User"]
"""

EDITOR_SCHEMA = "schema/isotype.schema.json"

EDITOR_ENTRY = """\
  "yaml.schemas": {
    "./schema/isotype.schema.json": ["schema/*.yaml", "schema/**/*.yaml"]
  }"""

EDITOR_SETTINGS = f"{{\n{EDITOR_ENTRY}\n}}\n"

HOOK = """\
  - repo: local
    hooks:
      - id: isotype-check
        name: isotype check
        entry: isotype check
        language: system
        always_run: true
        pass_filenames: false"""

HOOKS = f"repos:\n{HOOK}\n"
