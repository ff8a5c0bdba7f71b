"""A small command-line tool: parses arguments, finds words and dates in a text, reports as JSON.

What it does takes no time; what it imports is what such tools import, so it measures start-up as users meet it.
"""
import argparse
import collections
import dataclasses
import datetime
import json
import logging
import pathlib
import re

TEXT = "On 2024-02-29 a fox met a hare; the hare ran, the fox ran, and on 2024-03-01 both slept."
logger = logging.getLogger(__name__)


@dataclasses.dataclass
class Report:
    title: str
    due: str
    common: list = dataclasses.field(default_factory=list)
    index: dict = dataclasses.field(default_factory=dict)
    dates: list = dataclasses.field(default_factory=list)


def analyse(title, top):
    words = re.findall(r"[a-z]+", TEXT.lower())
    index = collections.defaultdict(set)
    for word in words:
        index[word[0]].add(word)
    dates = [datetime.date.fromisoformat(text) for text in re.findall(r"\d{4}-\d\d-\d\d", TEXT)]
    due = max(dates) + datetime.timedelta(days=365)
    return Report(
        title=title,
        due=due.isoformat(),
        common=collections.Counter(words).most_common(top),
        index={letter: sorted(found) for letter, found in sorted(index.items())},
        dates=[date.strftime("%d.%m.%Y") for date in dates],
    )


def main():
    parser = argparse.ArgumentParser(description="Report on a text.")
    parser.add_argument("--title", default="report")
    parser.add_argument("--top", type=int, default=3)
    parser.add_argument("--verbose", action="store_true")
    arguments = parser.parse_args()
    logging.basicConfig(level=logging.DEBUG if arguments.verbose else logging.WARNING)
    report = analyse(arguments.title, arguments.top)
    logger.info("as it would be saved: %s", pathlib.PurePosixPath("reports") / f"{report.title}.json")
    print(json.dumps(dataclasses.asdict(report), indent=2))


if __name__ == "__main__":
    main()
