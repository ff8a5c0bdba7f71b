"""tqdm, without the thread that watches it: bars to a text, units, formats, nested and in sums."""

import io

from tqdm import tqdm, trange
from tqdm.utils import Comparable

tqdm.monitor_interval = 0
said = io.StringIO()
bar = "{desc}: {percentage:3.0f}%|{bar}| {n_fmt}/{total_fmt}{postfix}"
for number in tqdm([1, 2, 3], desc="all", file=said, ncols=40, mininterval=0, bar_format=bar, ascii=True):
    pass
print(said.getvalue().replace("\r", "\n").strip())
said = io.StringIO()
with tqdm(total=2048, unit="B", unit_scale=True, unit_divisor=1024, file=said, bar_format="{n_fmt} of {total_fmt}{unit}", mininterval=0) as progress:
    progress.update(1024)
    progress.set_postfix(x=1)
    tqdm.write("between", file=said)
    progress.update(1024)
print(said.getvalue().replace("\r", "\n").split("\n")[-2].strip())
print(tqdm.format_sizeof(123456), tqdm.format_interval(3725), tqdm.format_meter(5, 10, 2.0, ncols=50, ascii=" #"), tqdm.format_num(1234567))
print(sum(trange(4, disable=True)), Comparable.__name__)
