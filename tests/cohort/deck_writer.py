"""A PowerPoint file of few parts, written by hand so that tests can also write what Office never would."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path

A = 'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
R = 'xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"'
P = 'xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"'
RELATIONS = (
    '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{}</Relationships>'
)


def relations(targets: Sequence[str]) -> str:
    entries = (f'<Relationship Id="r{i}" Type="t" Target="{target}"/>' for i, target in enumerate(targets))
    return RELATIONS.format("".join(entries))


def write_deck(path: Path, slides: Sequence[Sequence[str]], pictures: Sequence[Path], head: str = "") -> Path:
    """Slides of paragraphs; the first shows all pictures, in this order. Its part has the highest number."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w") as archive:
        names = [f"slides/slide{len(slides) - i}.xml" for i in range(len(slides))]
        shown = "".join(f'<p:sldId id="{i}" r:id="r{i}"/>' for i in range(len(slides)))
        archive.writestr("ppt/presentation.xml", f"<p:presentation {P} {R}>{shown}</p:presentation>")
        archive.writestr("ppt/_rels/presentation.xml.rels", relations(names))
        for i, (name, paragraphs) in enumerate(zip(names, slides, strict=True)):
            texts = "".join(f"<a:p><a:r><a:t>{text}</a:t></a:r></a:p>" for text in paragraphs)
            blips = "".join(f'<a:blip r:embed="r{k}"/>' for k in range(len(pictures))) if i == 0 else ""
            archive.writestr(f"ppt/{name}", f"{head}<p:sld {A} {R} {P}>{texts}{blips}</p:sld>")
            if i == 0:
                # named against their order on the slide
                media = [f"../media/image{len(pictures) - k}{p.suffix}" for k, p in enumerate(pictures)]
                archive.writestr(f"ppt/slides/_rels/{Path(name).name}.rels", relations(media))
                for target, picture in zip(media, pictures, strict=True):
                    archive.writestr(f"ppt/media/{Path(target).name}", picture.read_bytes())
    return path
