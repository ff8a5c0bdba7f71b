//! Small extensions, as text. `dylink.0` has: memory size 64, aligned to 2^4, two slots of the table; a weak import.

use super::*;
use crate::extensions::Import;

/// With imports in front, so that numbers of globals are known: 0 memory base, 1 table base.
fn module(body: &str) -> Vec<u8> {
    let dylink = r#"(@custom "dylink.0" (before first) "\01\04\40\04\02\00\04\0b\01\03env\04weak\01")"#;
    let text = format!(
        r#"(module {dylink}
            (import "env" "memory" (memory 1))
            (import "env" "__indirect_function_table" (table 2 funcref))
            (import "env" "__memory_base" (global $memory_base i32))
            (import "env" "__table_base" (global $table_base i32))
            {body})"#
    );
    wat::parse_str(text).expect("valid")
}

fn interface() -> Interface {
    let text = "PyLong_FromLong 7 i:i\nPy_Version 1024\npyapp_random_get 8 ii:i\n";
    Interface::from_text(text).expect("valid")
}

fn refused(body: &str) -> String {
    prepare(&module(body), &interface()).expect_err(body).to_string()
}

#[test]
fn what_is_compiled_imports_no_names_and_one_variable() {
    let wasm = module(
        r#"(import "env" "__stack_pointer" (global (mut i32)))
           (import "GOT.mem" "__stack_pointer" (global (mut i32)))
           (global (export "__stack_pointer") i32 (i32.const 12))"#,
    );
    let Prepared { code, .. } = prepare(&wasm, &interface()).expect("prepared");
    let mut mutable = Vec::new();
    for payload in Parser::new(0).parse_all(&code) {
        let Payload::ImportSection(imports) = payload.expect("valid") else { continue };
        for import in imports.into_imports().map(|import| import.expect("valid")) {
            assert_eq!((import.module, import.name), ("", ""));
            if let wasmparser::TypeRef::Global(kind) = import.ty {
                mutable.push(kind.mutable);
            }
        }
    }
    assert_eq!(mutable, [false, false, true, false]);
}

#[test]
fn an_extension_is_parted_into_code_and_plan() {
    let wasm = module(
        r#"(import "env" "__stack_pointer" (global (mut i32)))
           (import "GOT.mem" "Py_Version" (global $version (mut i32)))
           (import "GOT.mem" "own" (global (mut i32)))
           (import "GOT.func" "PyLong_FromLong" (global (mut i32)))
           (import "GOT.func" "second" (global (mut i32)))
           (import "env" "PyLong_FromLong" (func $from_long (param i32) (result i32)))
           (import "env" "weak" (func (result i32)))
           (import "wasi_snapshot_preview1" "random_get" (func (param i32 i32) (result i32)))
           (global (export "own") i32 (i32.const 12))
           (func $first (export "PyInit_x") (result i32) (call $from_long (i32.load (global.get $version))))
           (func $second (export "second"))
           (start $zeros)
           (elem (global.get $table_base) func $first $second)
           (func $zeros
               (memory.fill (i32.add (i32.const 32) (global.get $memory_base)) (i32.const 0) (i32.const 8)))
           (data (global.get $memory_base) "hello\00\00")
           (data (i32.add (global.get $memory_base) (i32.const 20)) "more")"#,
    );
    let Prepared { code, plan } = prepare(&wasm, &interface()).expect("prepared");
    assert_eq!((plan.memory_size, plan.memory_align, plan.table_size), (64, 16, 2));
    assert_eq!(
        plan.imports,
        [
            Import::Memory,
            Import::Table,
            Import::MemoryBase,
            Import::TableBase,
            Import::StackPointer,
            Import::Value(1024),
            Import::OwnData(12),
            Import::Value(7),
            Import::OwnFunction(1),
            Import::Function(7),
            Import::Nowhere,
            Import::Function(8),
        ]
    );
    assert_eq!(plan.functions, ["PyInit_x", "second"]);
    assert_eq!(plan.data, [(0, b"hello".to_vec()), (20, b"more".to_vec())]);
    wasmparser::validate(&code).expect("valid");
    assert!(!code.windows(5).any(|bytes| bytes == b"hello"));
    for payload in Parser::new(0).parse_all(&code) {
        assert!(!matches!(payload.expect("valid"), Payload::StartSection { .. } | Payload::DataSection(_)));
    }
}

#[test]
fn what_nobody_has_is_named() {
    let wasm = module(
        r#"(import "env" "b" (func)) (import "env" "a" (func)) (import "GOT.mem" "c" (global (mut i32)))
           (import "GOT.func" "a" (global (mut i32)))"#,
    );
    let refused = prepare(&wasm, &interface()).expect_err("refused");
    assert_eq!(refused, Refused::Missing(["a", "b", "c"].map(String::from).to_vec()));
    assert_eq!(refused.to_string(), "needs what the interpreter does not have: a, b, c");
}

#[test]
fn a_function_of_another_type_is_named() {
    assert_eq!(
        refused(r#"(import "env" "PyLong_FromLong" (func (param i64) (result i32)))"#),
        "expects a function PyLong_FromLong of type l:i, the interpreter's is i:i"
    );
}

#[test]
fn what_a_run_could_not_do_right_is_refused() {
    for (body, reason) in [
        (r#"(import "wasi_snapshot_preview1" "fd_write" (func))"#, "found wasi_snapshot_preview1.fd_write"),
        (r#"(import "env" "memory" (memory i64 1))"#, "found env.memory"),
        (r#"(import "env" "memory" (memory 1 1))"#, "found env.memory"),
        (r#"(import "env" "start" (func $imported)) (start $imported)"#, "found an import"),
        (r#"(memory 1)"#, "some of its own"),
        (r#"(table 1 funcref)"#, "some of its own"),
        (r#"(global (mut i32) (i32.const 0))"#, "no global variables"),
        (r#"(global (export "x") i32 (global.get $memory_base))"#, "found x elsewhere"),
        (r#"(func (export "f")) (export "m" (memory 0))"#, "found m"),
        (r#"(func $f (drop (memory.grow (i32.const 1)))) (start $f)"#, "found another"),
        (
            r#"(func $f (memory.fill (i32.add (i32.const 0) (global.get $table_base)) (i32.const 0) (i32.const 1)))
               (start $f)"#,
            "found another",
        ),
        (r#"(func (table.set (i32.const 0) (ref.null func)))"#, "code that changes it"),
        (r#"(func (drop (table.grow (ref.null func) (i32.const 1))))"#, "code that changes it"),
        (
            r#"(import "GOT.mem" "Py_Version" (global $v (mut i32))) (func (global.set $v (i32.const 0)))"#,
            "changes one",
        ),
        (r#"(func $f) (elem (i32.const 0) func $f)"#, "some elsewhere"),
        (r#"(func $f) (elem (global.get $table_base) func $f $f $f)"#, "some elsewhere"),
        (r#"(func $f) (elem func $f)"#, "others"),
        (r#"(data (i32.const 0) "x")"#, "some elsewhere"),
        (r#"(data (global.get $table_base) "x")"#, "some elsewhere"),
        (r#"(data (i32.add (global.get $memory_base) (i32.const 60)) "12345")"#, "some elsewhere"),
        (r#"(data (global.get $memory_base) "abc") (data (global.get $memory_base) "d")"#, "some over other"),
        (r#"(data "x")"#, "a passive segment"),
        (r#"(data $d "\00") (func (memory.init $d (i32.const 0) (i32.const 0) (i32.const 1)))"#, "uses a segment"),
    ] {
        let said = refused(body);
        assert!(said.contains(reason), "{body}: {said}");
    }
    let plain = wat::parse_str("(module)").expect("valid");
    assert!(prepare(&plain, &interface()).expect_err("refused").to_string().contains("a section dylink.0"));
    assert!(prepare(b"\x7fELF", &interface()).is_err());
}

/// Sizes that lie: of all data 4 GiB, a needed library, a part of a later format.
#[test]
fn a_section_that_asks_for_too_much_is_refused() {
    for (dylink, reason) in [
        (r"\01\08\ff\ff\ff\ff\0f\04\02\00", "bytes of data"),
        (r"\01\04\40\20\02\00", "2^32"),
        (r"\01\06\40\04\80\80\08\00", "131072"),
        (r"\01\04\40\04\02\00\01\04\00\04\00\00", "found them twice"),
        (r"\01\04\40\04\02\00\02\05\01\03lib", "needs lib"),
        (r"\01\04\40\04\02\00\7f\01\00", "a part 127"),
    ] {
        let text = format!(r#"(module (@custom "dylink.0" (before first) "{dylink}"))"#);
        let said = prepare(&wat::parse_str(text).expect("valid"), &interface()).expect_err(dylink).to_string();
        assert!(said.contains(reason), "{dylink}: {said}");
    }
}

#[test]
fn a_section_that_comes_late_is_refused() {
    let text = r#"(module (func) (@custom "dylink.0" (after last) "\01\04\40\04\02\00"))"#;
    let said = prepare(&wat::parse_str(text).expect("valid"), &interface()).expect_err("refused").to_string();
    assert_eq!(said, "expected the section dylink.0 in front of all others, found it elsewhere");
}

/// They are the file's own words.
#[test]
fn names_do_no_harm_and_are_not_too_many() {
    let refused = Refused::Missing((0..22).map(|number| format!("{number}\n\x1b")).collect());
    let said = refused.to_string();
    assert!(said.contains("0\\n\\u{1b}, 1\\n") && said.ends_with(", 19\\n\\u{1b} and 2 more"), "{said}");
}
