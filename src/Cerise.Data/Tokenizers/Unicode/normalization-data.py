#!/usr/bin/env python3
"""Writes normalization-data.txt from the Unicode Character Database that ships with Python.

    python3 normalization-data.py > normalization-data.txt

The framework's own normalization does nothing under InvariantGlobalization, hence this table. Lines:
    #...              comment
    @FIRST-LAST CCC   canonical combining class of a range (hexadecimal code points, decimal class)
    CP=A B            canonical decomposition that composes again
    CP!A B            canonical decomposition that does not (singletons and composition exclusions)
    CP~A B ...        compatibility decomposition
"""
import unicodedata as u

print(f"# Unicode {u.unidata_version}, written by normalization-data.py")

first = last = None
value = 0
for c in range(0x110000 + 1):
    ccc = u.combining(chr(c)) if c < 0x110000 else 0
    if ccc != value or c == 0x110000:
        if value:
            print(f"@{first:X}-{last:X} {value}")
        first, value = c, ccc
    last = c

for c in range(0x110000):
    mapping = u.decomposition(chr(c))
    if not mapping:
        continue
    parts = mapping.split()
    if parts[0].startswith("<"):
        print(f"{c:X}~{' '.join(p.lstrip('0') or '0' for p in parts[1:])}")
        continue
    text = "".join(chr(int(p, 16)) for p in parts)
    sign = "=" if u.normalize("NFC", text) == chr(c) else "!"
    print(f"{c:X}{sign}{' '.join(p.lstrip('0') or '0' for p in parts)}")
