"""The rows that the head of offensive texts was not shown, to measure it with: `midchannel language evaluate --task toxicity`.

python -m training.language.held_out --data FOLDER --set surge > rows.tsv
"""

import argparse
from pathlib import Path

from training.language import data


def main() -> None:
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--data", type=Path, required=True)
    asked.add_argument("--set", choices=("surge", "davidson"), required=True)
    given = asked.parse_args()
    print("text\tlabel")
    for row, name in data.judged(data.Source(given.data)):
        if name == given.set and data.is_held_out(row.text):
            print(f"{' '.join(row.text.split())}\t{'offensive' if 0 in row.labels else 'neither'}")


if __name__ == "__main__":
    main()
