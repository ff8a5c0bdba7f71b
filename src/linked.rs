//! The bundle of this executable: what `build.rs` has made, as statics of the link.

#![allow(
    unsafe_code,
    reason = "the executable's one place to vouch for machine code, and to take what the assembler has embedded"
)]

use anyhow::{Context as _, Result};
use archive::Archive;
use bundle::{Bundle, INDEX, Part, Source};
use host::{PageAligned, TrustedCode, layout};
use include_dir::{Dir, include_dir};
use serde_json::Value;
use std::borrow::Cow;

/// The index (`bundle::INDEX_FOLDER`), which says what the parts are.
static FOLDER: Dir<'_> = include_dir!("$OUT_DIR/index");

/// Embeds a part at a page boundary of its own, so that it can be used where it lies. The assembler takes it from its file: as a
/// value it would go through all stages of the compiler, which takes seconds. Its type names the length. `include_bytes!` takes
/// no constant for a name; `the_names_are_those_of_the_parts` compares.
macro_rules! embed {
    ($static:ident, $symbol:literal, $file:literal) => {
        std::arch::global_asm!(
            ".pushsection .rodata.pyapp, \"a\", %progbits",
            ".balign 4096",
            concat!(".globl ", $symbol),
            concat!($symbol, ":"),
            // Of these bytes: else the compiler would take an earlier build's object, as it does not look into the file.
            concat!($symbol, "_", env!("PYAPP_PARTS"), ":"),
            concat!(".incbin \"", env!("PYAPP_INCLUDED"), "/", $file, "\""),
            ".popsection",
            options(raw),
        );

        // SAFETY: the symbol stands above, with this alignment and the bytes of this file, which nobody writes.
        unsafe extern "C" {
            #[link_name = $symbol]
            safe static $static: PageAligned<[u8; include_bytes!(concat!(env!("OUT_DIR"), "/", $file)).len()]>;
        }
    };
}

const _: () = assert!(align_of::<PageAligned<()>>() == 4096);

embed!(ARCHIVE, "pyapp_archive", "app.archive");
embed!(MACHINE_CODE, "pyapp_machine_code", "python.code");
embed!(BASE_IMAGE, "pyapp_base_image", "base.image");
embed!(SNAPSHOT, "pyapp_snapshot", "snapshot.image");

/// The statics as the source of a bundle.
pub struct Linked;

impl Source for Linked {
    fn index(&self) -> bundle::Result<Cow<'static, [u8]>> {
        let found = FOLDER.get_file(INDEX);
        let missing = || bundle::Error::Missing { file: INDEX.to_string(), reason: "it was built without".to_string() };
        found.map(|file| Cow::Borrowed(file.contents())).ok_or_else(missing)
    }

    fn part(&self, part: Part) -> bundle::Result<Cow<'static, [u8]>> {
        Ok(Cow::Borrowed(match part {
            Part::Archive => &ARCHIVE.0,
            Part::MachineCode => &MACHINE_CODE.0,
            Part::BaseImage => &BASE_IMAGE.0,
            Part::Snapshot => &SNAPSHOT.0,
        }))
    }

    fn code(&self) -> bundle::Result<TrustedCode> {
        let code: &'static PageAligned<[u8]> = &MACHINE_CODE;
        // SAFETY: `build.rs` has put there what the compiler of this very build has made, as it is or compressed, and the link
        // has made it a part of the executable. Who can change the executable's bytes can change its other code as well.
        Ok(unsafe { TrustedCode::new(code) })
    }
}

/// Opens this executable's bundle.
///
/// # Errors
/// If the executable is damaged.
pub fn open() -> Result<Bundle<Linked>> {
    Ok(Bundle::open(Linked)?)
}

/// What is bundled, as the build wrote it down.
///
/// # Errors
/// If the executable is damaged.
pub fn manifest(archive: &Archive) -> Result<Value> {
    let path = layout::MANIFEST;
    let id = archive.find(path).with_context(|| format!("expected {path} in the archive, found no such file"))?;
    serde_json::from_slice(&archive.read(id)?).with_context(|| path.to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_embedded_is_the_file() {
        for part in Part::ALL {
            let embedded = Linked.part(part).expect("there");
            let file = std::fs::read(std::path::Path::new(env!("OUT_DIR")).join(part.file())).expect("read");
            assert!(*embedded == *file, "{part:?}");
            assert_eq!(embedded.as_ptr().addr() % align_of::<PageAligned<()>>(), 0, "{part:?}");
        }
    }

    #[test]
    fn the_names_are_those_of_the_parts() {
        assert_eq!(Part::ALL.map(Part::file), ["app.archive", "python.code", "base.image", "snapshot.image"]);
        assert_eq!(bundle::INDEX_FOLDER, "index");
    }
}
