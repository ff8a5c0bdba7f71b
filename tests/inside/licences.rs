//! `licenses`.

use super::common::{run, tools};
use super::{app, told};

#[test]
fn distributions_are_listed_with_licences_and_each_text_is_there_once() {
    let app = app();
    let text = told(|out| inside::licences::print(app.bundle.archive(), out));
    let expected = "the app:\n  One 1.0: MIT\n  three 3.0: BSD License\n  two 2.0: ISC\n  \
                    main: does not say its licence; has no text\n\nCPython, and what";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.contains("\nthree 3.0\n\nRedistribution\nis permitted.\n"), "{text}");
    assert_eq!(text.matches("Permission is granted.").count(), 1);
    assert!(text.contains("\nOne 1.0, two 2.0\n\nPermission is granted.\n"), "{text}");
}

#[test]
fn the_executable_tells_of_all_that_third_party_md_lists() {
    let run = run(tools(&["licenses"]));
    assert_eq!((run.status, run.stderr.as_str()), (Some(0), ""));
    let (list, texts) = run.stdout.split_once(&"=".repeat(80)).expect("texts");
    assert!(!list.contains("MIT OR Apache-2.0; has no text\n  glibc"), "{list}");
    for work in [
        "  mylib 0.1.0: MIT; has no text\n",
        "  demo_bytecode: does not say its licence; has no text\n",
        "  CPython 3.13.5: PSF-2.0\n",
        "  zlib 1.3.2: Zlib\n",
        "  SQLite 3.51.1: blessing; has no text\n",
        "  wasi-libc: Apache-2.0 WITH LLVM-exception OR Apache-2.0 OR MIT\n",
        "  pyapp 0.1.0: MIT\n",
        "  Rust standard library 1.",
        "  anyhow ",
        "  wasmtime ",
        "  zstd-sys ",
    ] {
        assert!(list.contains(work), "{work}: {list}");
    }
    // Crates of build scripts, of procedural macros and of tests are not in the executable.
    for other in ["cranelift-codegen", "syn", "proptest", "toml", "cc"] {
        assert!(!list.contains(&format!("\n  {other} ")) && !texts.contains(&format!(", {other} ")), "{other}");
    }
    for text in [
        "PYTHON SOFTWARE FOUNDATION LICENSE VERSION 2",
        "Jean-loup Gailly",
        "Julian R Seward",
        "GNU LESSER GENERAL PUBLIC LICENSE",
        "Copyright © 2005-2020 Rich Felker",
        "Thai Open Source Software Center Ltd",
    ] {
        assert_eq!(texts.matches(text).count().min(1), 1, "{text}");
    }
}
