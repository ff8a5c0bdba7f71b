//! What connections are trusted by: where the machine has its certificates, which whoever may connect may read.

use crate::grant::{Grant, Source, grant};
use crate::permissions::Permissions;
use crate::places::{Machine, is_kernels};
use crate::policy::Access;
use std::ffi::OsString;
use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

/// Where OpenSSL in the guest looks by itself: `cert.pem` and `certs` in this folder. The recipe builds it so.
pub const OPENSSL_FOLDER: &str = "/etc/ssl";

/// The variable of the environment that names a file of certificates. OpenSSL and what is built on it heed it.
pub const CERTIFICATE_FILE_VARIABLE: &str = "SSL_CERT_FILE";

/// The one that names folders, with colons between, in which certificates are found by their hashes.
const FOLDERS_VARIABLE: &str = "SSL_CERT_DIR";

/// Those that `requests` and what is made as curl is heed beside these.
const MORE_FILE_VARIABLES: [&str; 2] = ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"];

/// Files with the certificates that a machine trusts, as distributions have them.
const FILES: [&str; 9] = [
    // Debian, Ubuntu, Alpine, Arch, Gentoo, NixOS.
    "/etc/ssl/certs/ca-certificates.crt",
    // Fedora and its kin.
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/cert.pem",
    // openSUSE.
    "/etc/ssl/ca-bundle.pem",
    "/var/lib/ca-certificates/ca-bundle.pem",
    // Arch, where nothing else is left.
    "/etc/ca-certificates/extracted/tls-ca-bundle.pem",
    "/etc/pki/tls/cacert.pem",
    // Where OpenSSL looks.
    "/etc/ssl/cert.pem",
];

/// How a certificate begins.
const BEGINNINGS: [&[u8]; 3] =
    [b"-----BEGIN CERTIFICATE-----", b"-----BEGIN TRUSTED CERTIFICATE-----", b"-----BEGIN X509 CERTIFICATE-----"];

/// How far the first certificate of a file is looked for: comments may come before it.
const LONGEST_PREFACE: u64 = 64 << 10;

/// Most folders that are looked into, and most names in one.
const MOST_FOLDERS: usize = 16;
const MOST_NAMES: usize = 4096;

/// What the connections of a run are trusted by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Certificates {
    /// There are no connections.
    None,
    /// The environment that the app sees says it.
    Told,
    /// This file of the machine.
    Found(PathBuf),
    /// The machine has none.
    Missing,
}

/// What the connections of a run are trusted by, and the grants that it needs. `root` is the machine's root.
pub(crate) fn certificates(
    permissions: &Permissions,
    machine: &Machine<'_>,
    root: &Path,
) -> (Certificates, Vec<Grant>) {
    if permissions.connect.is_empty() {
        return (Certificates::None, Vec::new());
    }
    let told = |name: &str| Some((machine.variable)(name)?).filter(|_| permissions.shows_variable(name));
    let named = |path: &Path| machine.named(path).filter(|_| !path.as_os_str().is_empty());
    let file_of = |path: &OsString| named(Path::new(path)).and_then(|path| of_file(&path));
    let (file, folders) = (told(CERTIFICATE_FILE_VARIABLE), told(FOLDERS_VARIABLE));
    let mut grants: Vec<Grant> = file.as_ref().and_then(file_of).into_iter().collect();
    let paths = folders.iter().flat_map(std::env::split_paths).take(MOST_FOLDERS);
    grants.extend(paths.filter_map(|path| named(&path)).flat_map(|path| of_folder(&path)));
    grants.extend(MORE_FILE_VARIABLES.iter().filter_map(|name| file_of(&told(name)?)));
    // Who names folders trusts what is in them: the machine's own certificates would be more than that.
    if file.is_some() || folders.is_some() {
        return (Certificates::Told, grants);
    }
    let places = FILES.iter().map(|path| root.join(path.trim_start_matches('/')));
    let found = places.filter_map(|path| Some((of_file(&path)?, path))).next();
    match found {
        Some((grant, path)) => {
            grants.push(grant);
            (Certificates::Found(path), grants)
        }
        None => (Certificates::Missing, grants),
    }
}

/// Whether a path is one that whoever may connect may read, or that OpenSSL looks for by itself.
pub(crate) fn is_trusted_by(path: &Path) -> bool {
    let own = Path::new(OPENSSL_FOLDER);
    let is_hashed = path.parent() == Some(&own.join("certs")) && has_hash(path);
    is_hashed || FILES.iter().any(|file| path == Path::new(file))
}

/// The grant of a file, if it holds certificates.
fn of_file(path: &Path) -> Option<Grant> {
    let is_file = path.to_str().is_some() && path.metadata().is_ok_and(|metadata| metadata.is_file());
    let grant = grant(path, Access::Read, Source::Certificates).filter(|_| is_file)?;
    (!is_kernels(&grant.path) && holds_certificates(&grant.path)).then_some(grant)
}

fn holds_certificates(file: &Path) -> bool {
    let mut start = Vec::new();
    let read = File::open(file).and_then(|file| file.take(LONGEST_PREFACE).read_to_end(&mut start));
    let begins = |line: &[u8]| BEGINNINGS.iter().any(|beginning| line.starts_with(beginning));
    read.is_ok() && start.split(|byte| *byte == b'\n').any(begins)
}

/// The grants of what is found in a folder by its hash. What else lies there is not looked for.
fn of_folder(path: &Path) -> Vec<Grant> {
    let Some(entries) = path.read_dir().ok() else { return Vec::new() };
    let mut names: Vec<PathBuf> =
        entries.take(MOST_NAMES).filter_map(|entry| Some(entry.ok()?.path())).filter(|path| has_hash(path)).collect();
    names.sort();
    names.iter().filter_map(|path| of_file(path)).collect()
}

/// Whether a file's name is the hash of a certificate's subject, and a number: `002c0b4f.0`.
fn has_hash(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).and_then(|name| name.split_once('.'));
    name.is_some_and(|(hash, number)| {
        hash.len() == 8
            && hash.bytes().all(|byte| byte.is_ascii_hexdigit())
            && !number.is_empty()
            && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::fs;
    use std::os::unix::fs::symlink;

    const CERTIFICATE: &str = "# A comment.\n-----BEGIN CERTIFICATE-----\nMII=\n-----END CERTIFICATE-----\n";

    struct Root {
        _folder: tempfile::TempDir,
        path: PathBuf,
    }

    impl Root {
        fn new() -> Root {
            let folder = tempfile::tempdir().expect("a folder");
            let path = folder.path().canonicalize().expect("real");
            Root { _folder: folder, path }
        }

        fn at(&self, path: &str) -> PathBuf {
            self.path.join(path.trim_start_matches('/'))
        }

        fn write(&self, path: &str, text: &str) {
            let path = self.at(path);
            fs::create_dir_all(path.parent().expect("a folder")).expect("made");
            fs::write(path, text).expect("written");
        }

        /// What it is trusted by with this environment, and the paths that are granted, relative.
        fn trusted(&self, permissions: &Permissions, environment: &[(&str, String)]) -> (Certificates, Vec<String>) {
            let variable =
                |name: &str| environment.iter().find(|(own, _)| *own == name).map(|(_, value)| OsString::from(value));
            let machine = Machine {
                current_folder: Some(self.at("work")),
                executable_folder: None,
                home: Some(self.at("home/u")),
                variable: &variable,
            };
            let (certificates, grants) = certificates(permissions, &machine, &self.path);
            assert!(grants.iter().all(|grant| grant.access == Access::Read && grant.source == Source::Certificates));
            let relative = |grant: Grant| {
                let path = grant.path.strip_prefix(&self.path).expect("in the root").display().to_string();
                format!("/{path}")
            };
            (certificates, grants.into_iter().map(relative).collect())
        }

        fn told(&self, environment: &[(&str, &str)]) -> Vec<String> {
            let paths = |value: &str| {
                let paths = value.split(':').map(|path| match path.strip_prefix('/') {
                    Some(_) => self.at(path).display().to_string(),
                    None => path.to_string(),
                });
                paths.collect::<Vec<_>>().join(":")
            };
            let environment: Vec<(&str, String)> =
                environment.iter().map(|(name, value)| (*name, paths(value))).collect();
            self.trusted(&connecting(), &environment).1
        }
    }

    fn connecting() -> Permissions {
        Permissions { connect: vec!["api.example.com:443".into()], ..Permissions::default() }
    }

    #[test]
    fn without_a_grant_to_connect_nothing_is_granted() {
        let root = Root::new();
        root.write("/etc/ssl/cert.pem", CERTIFICATE);
        assert_eq!(root.trusted(&Permissions::default(), &[]), (Certificates::None, vec![]));
        let listening = Permissions { listen: vec!["all".into()], ..Permissions::default() };
        assert_eq!(root.trusted(&listening, &[]), (Certificates::None, vec![]));
    }

    #[test]
    fn the_first_file_of_the_machine_that_holds_certificates_is_granted() {
        let root = Root::new();
        assert_eq!(root.trusted(&connecting(), &[]), (Certificates::Missing, vec![]));
        for path in FILES.into_iter().rev() {
            root.write(path, CERTIFICATE);
            let expected = (Certificates::Found(root.at(path)), vec![path.to_string()]);
            assert_eq!(root.trusted(&connecting(), &[]), expected, "{path}");
        }
        root.write(FILES[0], "");
        assert_eq!(root.trusted(&connecting(), &[]).1, [FILES[1]]);
        // As it is on Fedora: by the name that is known, to what that leads to.
        root.write("/etc/pki/real.pem", CERTIFICATE);
        fs::remove_file(root.at(FILES[1])).expect("removed");
        symlink(root.at("/etc/pki/real.pem"), root.at(FILES[1])).expect("linked");
        let expected = (Certificates::Found(root.at(FILES[1])), vec!["/etc/pki/real.pem".to_string()]);
        assert_eq!(root.trusted(&connecting(), &[]), expected);
    }

    #[test]
    fn a_file_that_the_environment_names_is_granted_if_it_holds_certificates() {
        let root = Root::new();
        root.write(FILES[0], CERTIFICATE);
        root.write("/work/own.pem", CERTIFICATE);
        root.write("/home/u/secret", "-----BEGIN PRIVATE KEY-----\n");
        root.write("/far.pem", &format!("{}\n{CERTIFICATE}", "#".repeat(LONGEST_PREFACE as usize)));
        for (value, expected) in [
            ("/work/own.pem", vec!["/work/own.pem"]),
            ("own.pem", vec!["/work/own.pem"]),
            ("/home/u/secret", vec![]),
            ("/far.pem", vec![]),
            ("/work", vec![]),
            ("/missing", vec![]),
            ("", vec![]),
        ] {
            assert_eq!(root.told(&[(CERTIFICATE_FILE_VARIABLE, value)]), expected, "{value}");
        }
        // What the app does not see does not count.
        let blind = Permissions { env: vec!["LC_*".into()], ..connecting() };
        let own = [(CERTIFICATE_FILE_VARIABLE, root.at("/work/own.pem").display().to_string())];
        assert_eq!(root.trusted(&blind, &own), (Certificates::Found(root.at(FILES[0])), vec![FILES[0].to_string()]));
    }

    #[test]
    fn of_a_folder_that_the_environment_names_the_certificates_are_granted_that_are_found_there() {
        let root = Root::new();
        root.write("/share/mozilla/A.crt", CERTIFICATE);
        root.write("/share/secret", "text");
        root.write("/work/certs/B.pem", CERTIFICATE);
        for (target, name) in [
            ("../../share/mozilla/A.crt", "work/certs/A.pem"),
            ("A.pem", "work/certs/002c0b4f.0"),
            ("B.pem", "work/certs/112c0b4f.0"),
            ("../../share/secret", "work/certs/222c0b4f.0"),
        ] {
            symlink(target, root.at(name)).expect("linked");
        }
        root.write("/work/plain/B.pem", CERTIFICATE);
        root.write("/home/u/002c0b4f.0", CERTIFICATE);
        root.write("/home/u/certs/002c0b4f.12", CERTIFICATE);
        root.write("/home/u/certs/key.pem", "-----BEGIN PRIVATE KEY-----\n");
        let granted = |value: &str| root.told(&[(FOLDERS_VARIABLE, value)]);
        assert_eq!(granted("/work/certs"), ["/share/mozilla/A.crt", "/work/certs/B.pem"]);
        let both = ["/share/mozilla/A.crt", "/work/certs/B.pem", "/home/u/certs/002c0b4f.12"];
        assert_eq!(granted("certs:/home/u/certs"), both);
        assert_eq!(granted("/home/u"), ["/home/u/002c0b4f.0"]);
        for value in ["/work/plain", "/home", "/missing", "/share/secret", ""] {
            assert_eq!(granted(value), [""; 0], "{value}");
        }
        let both = [(CERTIFICATE_FILE_VARIABLE, "/work/plain/B.pem"), (FOLDERS_VARIABLE, "/home/u/certs")];
        assert_eq!(root.told(&both), ["/work/plain/B.pem", "/home/u/certs/002c0b4f.12"]);
    }

    #[test]
    fn beside_a_folder_that_the_environment_names_nothing_else_is_trusted() {
        let root = Root::new();
        root.write("/work/certs/002c0b4f.0", CERTIFICATE);
        let own = [(FOLDERS_VARIABLE, root.at("/work/certs").display().to_string())];
        let hashed = "/work/certs/002c0b4f.0".to_string();
        root.write(FILES[1], CERTIFICATE);
        assert_eq!(root.trusted(&connecting(), &own), (Certificates::Told, vec![hashed]));
    }

    #[test]
    fn files_that_packages_are_told_of_are_granted_beside_what_is_trusted() {
        let root = Root::new();
        root.write("/work/own.pem", CERTIFICATE);
        root.write("/work/key.pem", "-----BEGIN PRIVATE KEY-----\n");
        let of = |name: &'static str, path: &str| [(name, root.at(path).display().to_string())];
        let own = vec!["/work/own.pem".to_string()];
        for name in MORE_FILE_VARIABLES {
            let trusted = root.trusted(&connecting(), &of(name, "/work/own.pem"));
            assert_eq!(trusted, (Certificates::Missing, own.clone()), "{name}");
            assert_eq!(root.trusted(&connecting(), &of(name, "/work/key.pem")).1, [""; 0], "{name}");
            let blind = Permissions { env: vec!["LC_*".into()], ..connecting() };
            assert_eq!(root.trusted(&blind, &of(name, "/work/own.pem")).1, [""; 0], "{name}");
            let trusted = root.trusted(&Permissions::default(), &of(name, "/work/own.pem"));
            assert_eq!(trusted, (Certificates::None, vec![]), "{name}");
        }
        root.write(FILES[0], CERTIFICATE);
        let trusted = root.trusted(&connecting(), &of(MORE_FILE_VARIABLES[0], "/work/own.pem"));
        let both = vec!["/work/own.pem".to_string(), FILES[0].to_string()];
        assert_eq!(trusted, (Certificates::Found(root.at(FILES[0])), both));
    }

    #[test]
    fn names_that_are_hashes_are_known() {
        for (name, expected) in [
            ("002c0b4f.0", true),
            ("/x/ABCDEF01.12", true),
            ("002c0b4f.r0", false),
            ("002c0b4f.", false),
            ("002c0b4f", false),
            ("02c0b4f.0", false),
            ("cert.pem", false),
        ] {
            assert_eq!(has_hash(Path::new(name)), expected, "{name}");
        }
        for (path, expected) in [
            ("/etc/ssl/certs/002c0b4f.0", true),
            ("/etc/ssl/cert.pem", true),
            ("/etc/ssl/certs/ca-certificates.crt", true),
            ("/etc/ssl/private/002c0b4f.0", false),
            ("/etc/ssl/certs", false),
        ] {
            assert_eq!(is_trusted_by(Path::new(path)), expected, "{path}");
        }
    }
}
