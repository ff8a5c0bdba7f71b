//! OpenSSL in the guest: which apps get it, what it does, and that the runs of one image share no secrets.

mod common;

use bundle::Run;
use common::project::{App, Project, folder, settings_for, settings_with};
use inside::LICENCES;

/// A module of `tests/openssl`, with what it needs.
fn build(app: &str) -> App {
    let files = [
        ("python_libs/app.py", app),
        ("python_libs/talk.py", include_str!("openssl/talk.py")),
        ("python_libs/localhost.pem", include_str!("openssl/localhost.pem")),
    ];
    let project = Project::new(&settings_with("app:main", ""), &files);
    project.build().unwrap_or_else(|error| panic!("{error}"))
}

/// The recipe is no Rust, and the policy grants what OpenSSL looks for.
#[test]
fn openssl_looks_for_certificates_where_the_policy_grants_them() {
    let option = format!("\"--openssldir={}\"", policy::OPENSSL_FOLDER);
    assert!(include_str!("../wasm/recipe.toml").contains(&option), "{option}");
}

/// What runs of one image print, in words.
fn words(app: &App) -> Vec<Vec<String>> {
    let said = app.run_many(app.bundle.app(), 3);
    said.iter().map(|said| said.split_whitespace().map(str::to_string).collect()).collect()
}

#[test]
fn tls_is_spoken_and_certificates_are_checked() {
    let app = build(include_str!("openssl/tls.py"));
    assert_eq!(app.run(&[]), (0, include_str!("openssl/tls.txt").to_string()));
}

#[test]
fn runs_of_one_image_draw_other_random_bytes() {
    // The context has drawn some when it was made, and so has the module.
    let app = build(
        "import ssl\ncontext = ssl.create_default_context()\nat_import = ssl.RAND_bytes(16).hex()\n\
         def main(): print(at_import, ssl.RAND_bytes(16).hex())\n",
    );
    let [first, second, third] = &words(&app)[..] else { panic!("three runs") };
    assert!(first[0] == second[0] && second[0] == third[0], "the module is in the image");
    assert!(
        first[1] != second[1] && second[1] != third[1] && third[1] != first[1] && first[0] != first[1],
        "{first:?}"
    );
}

#[test]
fn no_run_knows_the_keys_of_another_runs_tickets() {
    let app = build(include_str!("openssl/tickets.py"));
    let [first, second, third] = &words(&app)[..] else { panic!("three runs") };
    assert!(first[0] == second[0] && second[0] == third[0], "the module is in the image");
    assert!(first[1] != second[1] && second[1] != third[1] && third[1] != first[1], "{first:?} {second:?}");
    for run in [first, second, third] {
        assert!(run[0] != run[1] && run[2] == "False", "{run:?}");
    }
    // In a run that begins at its beginning, it is the same server.
    let (_, said) = app.run_as(Run::Cold, &[]);
    let said: Vec<&str> = said.split_whitespace().collect();
    assert!(said[0] == said[1] && said[2] == "True", "{said:?}");
}

/// Libraries make such a context when they are imported, where the machine of the run is not yet there.
#[test]
fn a_context_of_the_image_trusts_what_the_machine_of_the_run_trusts() {
    let app = build(
        "import os, ssl\nfrom talk import CERTIFICATE, contexts, talk\ncontext = ssl.create_default_context()\n\
         def main():\n    os.environ['SSL_CERT_FILE'] = CERTIFICATE\n    \
             print(talk(contexts(ssl.TLSVersion.TLSv1_3)[0], context)[1].version())\n",
    );
    assert_eq!(app.run_as(app.bundle.app(), &[]), (0, "TLSv1.3\n".to_string()));
}

/// What a build tells of an app, and whether it is the one with OpenSSL.
fn told(more: &str, app: &str) -> (App, bool) {
    let project = Project::new(&settings_with("app:main", more), &[("python_libs/app.py", app)]);
    let built = project.build().unwrap_or_else(|error| panic!("{error}"));
    let has = built.summary().contains(" MB with OpenSSL, ");
    assert!(has != built.summary().contains(" MB without OpenSSL, "), "{}", built.summary());
    (built, has)
}

const VERSION: &str = "def main():\n    import _ssl\n    print(_ssl.OPENSSL_VERSION.split()[1])\n";

#[test]
fn an_app_has_openssl_if_it_names_what_only_that_has() {
    for (source, expected) in [
        (
            "import hashlib, hmac, random, uuid, secrets, asyncio\ndef main(): print(hashlib.sha256(b'').hexdigest())\n",
            false,
        ),
        ("def main():\n    import ssl\n    print(ssl.OPENSSL_VERSION)\n", true),
        ("import urllib.request\ndef main(): pass\n", true),
        ("from http import client\ndef main(): pass\n", true),
        ("import asyncio\ndef main(): asyncio.open_connection('a', 443, ssl=True).close()\n", true),
        ("import hashlib\ndef main(): print(hashlib.pbkdf2_hmac('sha1', b'', b'', 1).hex())\n", true),
    ] {
        let (app, has) = told("", source);
        assert_eq!(has, expected, "{source}");
        assert_eq!(app.summary().contains("OpenSSL is inside, as app.pyc names "), expected, "{}", app.summary());
        assert_eq!(app.run(&[]).0, 0);
    }
}

#[test]
fn a_project_may_choose_itself() {
    // By itself it has it.
    for (openssl, version) in [("openssl = true", "4.0.3\n"), ("openssl = false", "3.0\n")] {
        let (app, has) = told(openssl, VERSION);
        assert_eq!(has, openssl.ends_with("true"));
        assert!(!app.summary().contains("OpenSSL is inside"), "{}", app.summary());
        assert_eq!(app.run(&[]), (0, version.to_string()));
    }
    assert!(told("openssl = true", "def main(): pass\n").1);
}

#[test]
fn only_an_app_with_openssl_brings_its_licence_and_is_larger() {
    let [with, without] = ["openssl = true", "openssl = false"].map(|more| told(more, "def main(): pass\n").0);
    let is_there = |app: &App| {
        let archive = app.bundle.archive();
        let works = inside::Works::read(archive).expect("written");
        let listed = works.works.iter().any(|work| work.name == "OpenSSL" && work.version.as_deref() == Some("4.0.3"));
        let text = (1..archive.count()).any(|id| archive.path(id) == format!("{LICENCES}/openssl.txt"));
        assert_eq!(listed, text);
        listed
    };
    assert!(is_there(&with) && !is_there(&without));
    // What OpenSSL takes is in one of them only.
    assert!(with.code.len() > without.code.len() + (3 << 20), "{} {}", with.code.len(), without.code.len());
}

#[test]
fn nothing_tells_where_openssl_was_compiled() {
    let app = build(include_str!("openssl/tls.py"));
    let settings = settings_for(folder().path());
    let home = std::env::var("HOME").expect("set");
    let places = [env!("CARGO_MANIFEST_DIR").to_string(), format!("{home}/"), settings.cache.display().to_string()];
    for place in places {
        for part in [&app.archive, &app.code, &app.base_image, &app.snapshot] {
            let found = part.windows(place.len()).any(|bytes| bytes == place.as_bytes());
            assert!(!found, "{place}");
        }
    }
}
