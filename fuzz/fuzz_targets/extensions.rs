//! Any module is refused as an extension or parted into code and plan, never a panic; what comes out is a valid module, without data
//! and without a start function, and its plan is read again as it was written.

#![forbid(unsafe_code)]
#![no_main]

use host::extensions::{Interface, Plan, prepare};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

static INTERFACE: LazyLock<Interface> = LazyLock::new(|| {
    let text = "PyLong_FromLong 7 i:i\nPy_Version 1024\n";
    Interface::from_text(text).expect("valid")
});

fuzz_target!(|bytes: &[u8]| {
    // Without its head nothing would be reached.
    let wasm = [b"\0asm\x01\0\0\0", bytes].concat();
    let Ok(prepared) = prepare(&wasm, &INTERFACE) else { return };
    wasmparser::validate(&prepared.code).expect("valid");
    for payload in wasmparser::Parser::new(0).parse_all(&prepared.code) {
        use wasmparser::Payload::{DataSection, StartSection};
        assert!(!matches!(payload.expect("valid"), DataSection(_) | StartSection { .. }));
    }
    let mut words = Vec::new();
    prepared.plan.write(&mut words);
    assert_eq!(Plan::read(&words).as_ref(), Some(&prepared.plan));
    let mut end = 0;
    for (offset, data) in &prepared.plan.data {
        assert!(*offset as usize >= end, "over other data");
        end = *offset as usize + data.len();
    }
    assert!(end <= prepared.plan.memory_size as usize);
});
