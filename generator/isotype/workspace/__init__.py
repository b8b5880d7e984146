"""Files: configuration, reading sources, the manifest, journalled writing, the lock, the in-sync check.

The modules come in two groups.
`toml`, `files`, `settings`, `project`, `manifest` and `quick` are what the in-sync check imports; they import nothing
that costs time, not even `typing`, and say what they find in plain tuples.
`configuration`, `sources`, `comparison`, `check`, `writing` and `lock` stand on them and speak in findings.
"""
