"""Print the CPU seconds that a bare loop takes to write the files of a folder again, elsewhere."""

import os
import sys
import tempfile
from pathlib import Path
from time import process_time

source = Path(sys.argv[1])
contents = {path.relative_to(source).as_posix(): path.read_bytes() for path in source.rglob("*") if path.is_file()}
with tempfile.TemporaryDirectory(dir=source.parent) as target:
    began = process_time()
    for folder in sorted({name.rpartition("/")[0] for name in contents}):
        os.makedirs(f"{target}/{folder}", exist_ok=True)  # noqa: PTH103
    for name, content in contents.items():
        descriptor = os.open(f"{target}/{name}", os.O_WRONLY | os.O_CREAT, 0o666)
        os.write(descriptor, content)
        os.close(descriptor)
    print(process_time() - began)
