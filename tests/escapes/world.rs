//! The folders that the attempts are made in, and how they were before.

use std::collections::BTreeMap;
use std::fs;
use std::os::fd::AsRawFd;
use std::os::unix::fs::{FileTypeExt, MetadataExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::{Path, PathBuf};

/// What is in every file that must not be reached, and in nothing else.
pub const CANARY: &str = "CANARY";

/// The folders that can be granted, in the caller's folder.
pub const GRANTABLE: [&str; 3] = ["readable", "writable", "named"];

/// A base folder with secrets, and in it the caller's folder `here` with what can be granted.
pub struct World {
    folder: tempfile::TempDir,
    /// A secret in the machine's shared memory.
    _shared: tempfile::NamedTempFile,
}

/// What is known of one name: kind, mode, links, size, times, and what is in it.
pub type Known = (u32, u64, u64, [i64; 4], Vec<u8>);

impl World {
    pub fn new() -> World {
        // Not in /tmp, where the guest has memory of its own.
        let folder = tempfile::tempdir_in("/var/tmp").expect("a temporary folder");
        let shared = tempfile::NamedTempFile::new_in("/dev/shm").expect("a temporary file");
        fs::write(&shared, CANARY).expect("written");
        let world = World { folder, _shared: shared };
        for name in ["secret.txt", "home/home.txt", "away/secret.txt", "here/neighbour.txt"] {
            world.secret(name);
        }
        for name in ["inner", "outside", "victim", "file", "sub/deep", "tree/leaf"] {
            world.secret(&format!("outside/{name}.txt"));
        }
        world.secret("outside/data.db");
        world.file("outside/module_outside.py", &format!("print('{CANARY}')\n"));
        world.make("outside/empty");
        world.file("here/given.txt", "given\n");
        let outside = world.path("outside");
        for (name, target) in [
            ("to_root", Path::new("/")),
            ("to_proc", Path::new("/proc/self")),
            ("to_dev", Path::new("/dev")),
            ("to_outside", &outside),
            ("to_made", &outside.join("made")),
        ] {
            world.link(&format!("here/{name}"), target);
        }
        for name in GRANTABLE {
            world.fill(name);
        }
        world
    }

    /// The base, by its real path: no link leads there.
    pub fn base(&self) -> PathBuf {
        self.folder.path().canonicalize().expect("real")
    }

    /// A path below the base.
    pub fn path(&self, name: &str) -> PathBuf {
        self.base().join(name)
    }

    fn make(&self, name: &str) {
        fs::create_dir_all(self.path(name)).expect("made");
    }

    fn file(&self, name: &str, text: &str) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().expect("a folder")).expect("made");
        fs::write(path, text).expect("written");
    }

    fn secret(&self, name: &str) {
        self.file(name, &format!("{CANARY} {name}\n"));
    }

    fn link(&self, name: &str, target: impl AsRef<Path>) {
        symlink(target, self.path(name)).expect("linked");
    }

    /// Fills a folder that can be granted: files, links that lead out in every way, and what `race.rs` moves about.
    fn fill(&self, name: &str) {
        let at = |inner: &str| format!("here/{name}/{inner}");
        for (inner, text) in [
            ("file.txt", "plain\n"),
            ("other.txt", "other\n"),
            ("sub/inner.txt", "inner\n"),
            ("data.db", ""),
            ("module_inside.py", "inside = True\n"),
            ("race/swap/inner.txt", "inner\n"),
            ("race/swap/victim.txt", "victim\n"),
            ("race/swap/sub/deep.txt", "inner\n"),
            ("race/flip", "plain\n"),
            ("race/flicker", "plain\n"),
            ("race/beside.txt", "inner\n"),
        ] {
            self.file(&at(inner), text);
        }
        self.make(&at("empty"));
        self.make(&at("race/moved/sub"));
        for inner in ["secret.txt", "beside.txt"] {
            self.secret(&format!("away/{name}/{inner}"));
        }
        let (secret, outside) = (self.path("secret.txt"), self.path("outside"));
        for (inner, target) in [
            ("out_absolute", secret.as_path()),
            ("out_relative", Path::new("../../secret.txt")),
            ("out_chain", Path::new("chain_1")),
            ("chain_1", Path::new("./sub/../chain_2")),
            ("chain_2", Path::new("out_relative")),
            ("out_neighbour", Path::new("../neighbour.txt")),
            ("out_folder", &outside),
            ("out_folder_relative", Path::new("../../outside")),
            ("out_empty", &outside.join("empty")),
            ("root", Path::new("/")),
            ("up", Path::new("..")),
            ("up_twice", Path::new("../..")),
            ("passwd", Path::new("/etc/passwd")),
            ("loop", Path::new("loop")),
            ("loop_a", Path::new("loop_b")),
            ("loop_b", Path::new("loop_a")),
            ("loop_in", Path::new("loop_in/x")),
            ("proc_root", Path::new("/proc/self/root")),
            ("proc_cwd", Path::new("/proc/self/cwd")),
            ("proc_fd", Path::new("/proc/self/fd")),
            ("proc_mem", Path::new("/proc/self/mem")),
            ("proc_environ", Path::new("/proc/self/environ")),
            ("dangling", &outside.join("made")),
            ("dangling_relative", Path::new("../../outside/made")),
            ("in_folder", Path::new("sub")),
            ("in_file", Path::new("file.txt")),
            ("race/swap_out", &outside),
            ("race/flip_out", &secret),
        ] {
            self.link(&at(inner), target);
        }
        self.link(&format!("here/{name}_out"), &outside);
        let twin = format!("outside/twin-{name}");
        self.file(&twin, "twin\n");
        fs::hard_link(self.path(&twin), self.path(&at("twin.txt"))).expect("linked");
        let mode = rustix::fs::Mode::from_raw_mode(0o644);
        let fifo = self.path(&at("fifo"));
        rustix::fs::mknodat(rustix::fs::CWD, &fifo, rustix::fs::FileType::Fifo, mode, 0).expect("made");
        // A socket's path may have a hundred bytes only. Its name stays when nobody listens any more.
        let here = fs::File::open(self.path(&at(""))).expect("opened");
        UnixListener::bind(format!("/proc/self/fd/{}/socket", here.as_raw_fd())).expect("bound");
    }

    /// All that is known of everything that `is_free` does not leave out: with what is below it, if it is no folder on the way.
    pub fn snapshot(&self, is_free: impl Fn(&Path) -> bool) -> BTreeMap<PathBuf, Known> {
        let base = self.base();
        let mut known = BTreeMap::new();
        visit(&base, &mut |path, metadata| {
            let relative = path.strip_prefix(&base).expect("below").to_path_buf();
            if !is_free(&relative) {
                known.insert(relative, know(path, metadata));
            }
        });
        known
    }

    /// The files in what can be granted that hold what is in no granted file.
    pub fn stolen(&self) -> Vec<PathBuf> {
        let (here, mut stolen) = (self.path("here"), Vec::new());
        visit(&here, &mut |path, metadata| {
            // Attempts make files of gigabytes; a secret is small.
            let may_hold = path.parent() != Some(&here) && metadata.is_file() && metadata.len() < 1 << 16;
            if may_hold && contains(&fs::read(path).unwrap_or_default()) {
                stolen.push(path.to_path_buf());
            }
        });
        stolen
    }
}

/// Whether bytes hold the secret's mark.
pub fn contains(bytes: &[u8]) -> bool {
    bytes.windows(CANARY.len()).any(|window| window == CANARY.as_bytes())
}

fn know(path: &Path, metadata: &fs::Metadata) -> Known {
    let content = if metadata.is_symlink() {
        fs::read_link(path).expect("a link").into_os_string().into_encoded_bytes()
    } else if metadata.is_file() {
        fs::read(path).expect("read")
    } else {
        assert!(metadata.is_dir() || metadata.file_type().is_fifo() || metadata.file_type().is_socket());
        Vec::new()
    };
    let times = [metadata.mtime(), metadata.mtime_nsec(), metadata.ctime(), metadata.ctime_nsec()];
    (metadata.mode(), metadata.nlink(), metadata.len(), times, content)
}

/// Calls `see` with all names below a folder, and with the folder; no link is followed. Trees may be deeper than paths are long:
/// what no path leads to is left out.
fn visit(path: &Path, see: &mut impl FnMut(&Path, &fs::Metadata)) {
    let Ok(metadata) = path.symlink_metadata() else { return };
    see(path, &metadata);
    if metadata.is_dir() {
        let Ok(entries) = fs::read_dir(path) else { return };
        for entry in entries.flatten() {
            visit(&entry.path(), see);
        }
    }
}

impl Drop for World {
    /// By a program that takes trees of any depth away.
    fn drop(&mut self) {
        let _ = std::process::Command::new("rm").arg("-rf").arg(self.path("here")).status();
    }
}
