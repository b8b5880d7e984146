"""The types a frontend is written with, against those the schema makes: the compiler says whether they agree.

```
targets         which types of which files
compiler        Node and the TypeScript of the project, and what is asked of them
reader.mjs      the question and the answer, in Node
compiler.mjs    the compiler's two APIs as one
comparison.mjs  two types, part by part
wording         differences in words
types           all files of a domain
```
"""
