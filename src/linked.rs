//! The parts of this executable: what `build.rs` has made, as statics of the link.

#![allow(
    unsafe_code,
    reason = "the executable's one place to vouch for machine code, and to take what the assembler has embedded"
)]

use bundle::INDEX;
use host::{PageAligned, TrustedCode};
use include_dir::{Dir, include_dir};
use launch::Linked;

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

embed!(MACHINE_CODE, "pyapp_machine_code", "python.code");
embed!(BASE_IMAGE, "pyapp_base_image", "base.image");
embed!(SNAPSHOT, "pyapp_snapshot", "snapshot.image");
embed!(EXTENSIONS, "pyapp_extensions", "extensions.code");
// Last: in front of the others it made starts some 3 % slower.
embed!(ARCHIVE, "pyapp_archive", "app.archive");

/// All of them.
pub fn parts() -> Linked {
    let code: &'static PageAligned<[u8]> = &MACHINE_CODE;
    let extensions: &'static PageAligned<[u8]> = &EXTENSIONS;
    Linked {
        index: FOLDER.get_file(INDEX).map(|file| file.contents()),
        archive: &ARCHIVE.0,
        // SAFETY: `build.rs` has put there what the compiler of this very build has made, as it is or compressed, and the link
        // has made it a part of the executable. Who can change the executable's bytes can change its other code as well.
        code: unsafe { TrustedCode::new(code) },
        machine_code: &MACHINE_CODE.0,
        // SAFETY: the same.
        extensions: unsafe { TrustedCode::new(extensions) },
        extensions_bytes: &EXTENSIONS.0,
        base_image: &BASE_IMAGE.0,
        snapshot: &SNAPSHOT.0,
        target: env!("PYAPP_TARGET"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use bundle::{Part, Source};

    #[test]
    fn what_is_embedded_is_the_file() {
        for part in Part::ALL {
            let embedded = parts().part(part).expect("there");
            let file = std::fs::read(std::path::Path::new(env!("OUT_DIR")).join(part.file())).expect("read");
            assert!(*embedded == *file, "{part:?}");
            assert_eq!(embedded.as_ptr().addr() % align_of::<PageAligned<()>>(), 0, "{part:?}");
        }
    }

    #[test]
    fn the_names_are_those_of_the_parts() {
        assert_eq!(
            Part::ALL.map(Part::file),
            ["app.archive", "python.code", "base.image", "snapshot.image", "extensions.code"]
        );
        assert_eq!(bundle::INDEX_FOLDER, "index");
    }
}
