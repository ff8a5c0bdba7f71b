//! While a snapshot is made the network is unplugged: who wants it at import is told, by the name of the module.

use super::common::project::{Project, files, settings};

/// A run may do what these modules do, so that cold and resumed it does the same.
fn granted() -> String {
    settings("app:main") + "\n[tool.pyapp.permissions]\nconnect = [\"localhost:*\"]\n"
}

/// What the build says of a project whose module `inner` does this at import.
fn built(deed: &str) -> Result<(), String> {
    let inner = format!("import socket\n{deed}\n");
    let text = "import inner\ndef main(): print('ran')\n";
    let project = Project::new(&granted(), &[("python_libs/app.py", text), ("python_libs/inner.py", &inner)]);
    let app = project.build()?;
    assert_eq!(app.run(&[]), (0, "ran\n".to_string()), "{deed}");
    assert!(!app.snapshot.is_empty(), "{deed}");
    Ok(())
}

/// A deed that is borne.
fn caught(deed: &str) -> String {
    format!("try: {deed}\nexcept OSError: pass")
}

#[test]
fn a_module_that_wants_the_network_at_import_stops_the_build() {
    for (deed, to) in [
        ("socket.create_connection(('93.184.215.14', 80))", "93.184.215.14:80"),
        ("socket.create_connection(('::1', 80))", "::1:80"),
        ("socket.socket().connect_ex(('127.0.0.1', 1))", "127.0.0.1:1"),
        ("socket.getaddrinfo('api.example.com', 443)", "api.example.com"),
        ("socket.gethostbyname('api.example.com')", "api.example.com"),
        ("socket.gethostbyaddr('93.184.215.14')", "93.184.215.14"),
        ("socket.create_connection(('api.example.com', 443))", "api.example.com"),
        ("socket.create_server(('127.0.0.1', 8000)).close()", "127.0.0.1:8000"),
        ("socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('127.0.0.1', 9))", "127.0.0.1:9"),
        ("import urllib.request; urllib.request.urlopen('http://api.example.com/')", "api.example.com"),
    ] {
        let expected = format!(
            "inner: uses the network ({to}), which a build does not have; do it in a function, or set [tool.pyapp] \
             snapshot-exclude = [\"inner\"]"
        );
        let error = built(deed).expect_err(deed);
        assert!(error.contains(&expected), "{deed}: expected {expected}, found {error}");
        // That a run would fail, too, is not known: a run may have a network.
        assert!(!error.contains("a run would fail, too"), "{deed}: {error}");
        // A module that bears it is told all the same: it would have learnt that there is no network.
        let error = built(&caught(deed)).expect_err(deed);
        assert!(error.contains(&expected), "{deed}, caught: expected {expected}, found {error}");
    }
}

/// Python has no event for it: the host tells.
#[test]
fn a_module_that_listens_at_no_address_of_its_own_stops_the_build() {
    for deed in ["socket.socket().listen()", "socket.create_server(('127.0.0.1', 0)).close()"] {
        let error = built(&caught(deed)).expect_err(deed);
        assert!(error.contains("inner: uses the network ("), "{deed}: {error}");
    }
}

#[test]
fn what_asks_nobody_may_be_done_at_import() {
    for deed in [
        // As urllib3 learns whether there is IPv6.
        "probe = socket.socket(socket.AF_INET6); probe.bind(('::1', 0)); probe.close()",
        "probe = socket.socket(); probe.bind(('127.0.0.1', 0)); probe.getsockname(); probe.close()",
        "with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe: probe.setsockopt(1, 2, 1)",
        "assert socket.getaddrinfo('127.0.0.1', 80)[0][4] == ('127.0.0.1', 80)",
        "one, other = socket.socketpair(); one.close(); other.close()",
        "socket.gethostname()",
        "import selectors; selectors.DefaultSelector().close()",
    ] {
        assert_eq!(built(deed), Ok(()), "{deed}");
    }
}

#[test]
fn a_socket_that_is_open_when_the_snapshot_is_taken_stops_the_build() {
    let error = built("kept = socket.socket()").expect_err("open");
    assert!(error.contains("inner: keeps ") && error.contains(" open, which a resumed run would not have"), "{error}");
}

/// The advice has been tried: both ways on lead to an app that is built.
#[test]
fn the_advice_for_a_module_that_wants_the_network_helps() {
    let deed =
        "import socket\ntry: socket.create_connection(('127.0.0.1', 1))\nexcept OSError as error: print('met')\n";
    let text = "import inner\ndef main(): print('ran')\n";
    let sources = [("python_libs/app.py", text), ("python_libs/inner.py", deed)];
    let excluded = "[tool.pyapp]\nentry = \"app:main\"\nsnapshot-exclude = [\"inner\"]\n";
    let app = Project::new(excluded, &sources).build().expect("built");
    assert_eq!(app.run(&[]), (0, "met\nran\n".to_string()));
    let sources = files(
        r#"
        === python_libs/app.py
        import inner
        def main(): inner.connect(); print('ran')
        === python_libs/inner.py
        import socket
        def connect():
            try: socket.create_connection(('127.0.0.1', 1))
            except OSError as error: print('met')
        "#,
    );
    let app = Project::new(&settings("app:main"), &sources).build().expect("built");
    assert_eq!(app.run(&[]), (0, "met\nran\n".to_string()));
}
