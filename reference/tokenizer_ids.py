"""Writes token ids computed by transformers 5.18.0, for the tests of dev.decant.data.Tokenizer.

Run by hand, never by a test:

    python reference/tokenizer_ids.py                    writes library/src/test/resources/tokenizer
    python reference/tokenizer_ids.py VOCAB.TXT GLUE     prints the hash of the ids of GLUE's sentences, which TokenizerTest compares

VOCAB.TXT is bert-base-uncased's, GLUE the folder of the official files with CoLA, SST-2, MRPC, STS-B, RTE and WNLI.
"""

import hashlib
import json
import pathlib
import sys

from transformers import BertTokenizer
from transformers.models.bert.tokenization_bert_legacy import BertTokenizerLegacy

OUT = pathlib.Path(__file__).resolve().parent.parent / "library/src/test/resources/tokenizer"

WORDS = """[PAD] [UNK] [CLS] [SEP] [MASK] ! " ' ( ) , - . / : ; ? $ % & 0 1 2 5 9 a b c d e i k n o s t u x
the cat cats dog sat on mat play run paris garcon uber cafe 中 文 字 don and is was it he she small teacher student learn
##s ##ed ##ing ##er ##est ##a ##b ##e ##n ##o ##t ##x ##0 ##1 ##2 ##5 ##9 ##ly ##ful""".split()

SENTENCES = [
    "The cat sat on the mat.",
    "the CATS played, running!",
    "Don't play (on the mat) - \"it\" was a cat's.",
    "Garçon, un café à Paris; über!",
    "Teacher and student: learning, learned, learner's play.",
    "A 中文 cat 字x",
    "tab\there\u00a0and\u2003there\u200b.",
    "nul\u0000 and bell\u0007 \ufffd end",
    "the cat 😀 sat",
    "smallest $25 90% 1/2",
    "[MASK] cat [SEP] dog [mask]",
    "",
    "   ",
    "x" * 101 + " cat",
    "x" * 100 + " cat",
    "e\u0301 caf\u0065\u0301 ﬁ ǅ İ ß",
    "...?!",
]


def write_samples():
    OUT.mkdir(parents=True, exist_ok=True)
    (OUT / "vocab.txt").write_text("\n".join(WORDS) + "\n")
    tokenizer = BertTokenizer(str(OUT / "vocab.txt"))
    cased = BertTokenizer(str(OUT / "vocab.txt"), do_lower_case=False)
    samples = []
    for i, text in enumerate(SENTENCES):
        second = SENTENCES[(i + 1) % len(SENTENCES)] or "the cat"  # an empty second text would be none to transformers
        pair = tokenizer(text, second)
        samples.append({
            "text": text,
            "second": second,
            "ids": tokenizer(text)["input_ids"],
            "cased": cased(text)["input_ids"],
            "pair": pair["input_ids"],
            "types": pair["token_type_ids"],
        })
    lines = ",\n".join(json.dumps(s) for s in samples)
    (OUT / "ids.json").write_text("[\n" + lines + "\n]\n")


def sentences(glue):
    """The first 2,000 of each task's training file, both of a pair."""
    for task, columns, header in [("CoLA", [3], 0), ("SST-2", [0], 1), ("MRPC", [3, 4], 1), ("STS-B", [7, 8], 1),
                                  ("RTE", [1, 2], 1), ("WNLI", [1, 2], 1)]:
        lines = (pathlib.Path(glue) / task / "train.tsv").read_text(encoding="utf-8-sig").split("\n")[header:]
        texts = [line.rstrip("\r").split("\t")[c] for line in lines if line.strip() for c in columns]
        yield from texts[:2000]


def digest(vocabulary, glue):
    tokenizer = BertTokenizer(vocabulary)
    plain = BertTokenizerLegacy(vocabulary)
    texts = list(sentences(glue))
    ids = tokenizer(texts)["input_ids"]
    same = sum(a == plain(t)["input_ids"] for a, t in zip(ids, texts))
    lines = "".join(" ".join(map(str, i)) + "\n" for i in ids)
    print(f"{len(texts)} sentences, {sum(map(len, ids))} ids, sha256 {hashlib.sha256(lines.encode()).hexdigest()}")
    print(f"transformers' tokenizer in Python gives the same ids for {same}")


if __name__ == "__main__":
    digest(*sys.argv[1:]) if len(sys.argv) > 1 else write_samples()
