//! OpenSSL in the guest: which apps get it, what it does, and that runs from one image share no secrets.

mod common;

use bundle::Run;
use common::project::{App, Project, files, settings_with};
use std::collections::BTreeSet;

fn build(more: &str, app: &str) -> App {
    let project = Project::new(&settings_with("app:main", more), &files(app));
    project.build().unwrap_or_else(|error| panic!("{error}"))
}

/// Contexts are made when the module is imported, and have drawn random bytes then.
const SECRETS: &str = r#"
    === python_libs/app.py
    import hashlib, hmac, random, ssl
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    client = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    at_import = ssl.RAND_bytes(16).hex()
    def main():
        print("drawn", ssl.RAND_bytes(16).hex())
    "#;

#[test]
fn runs_of_one_image_draw_other_random_bytes() {
    let app = build("", SECRETS);
    let said: BTreeSet<String> = app.run_many(app.bundle.app(), 3).into_iter().collect();
    assert!(said.len() == 3 && said.iter().all(|said| said.starts_with("drawn ")), "{said:?}");
}
