//! Going through several folders of the host at once leads where going name by name leads.

use super::tree::{Namespace, Node};
use super::{Mounts, mount_grants};
use crate::wasi::SystemError;
use policy::{Access, Grant, Policy, Source};
use std::path::Path;
use vfs::{Fence, Follow, Ino, Last, Limits, RootKind, Tree, Vfs, walk};

/// The tree, which goes name by name.
struct ByName<'a>(Namespace<'a>);

impl Tree for ByName<'_> {
    type Node = Node;
    type Error = SystemError;

    fn fence(&self, start: &Node) -> Result<Fence<Node>, SystemError> {
        self.0.fence(start)
    }

    fn is_root(&self, node: &Node, root: &Node) -> bool {
        self.0.is_root(node, root)
    }

    fn expect_searchable(&self, node: &Node) -> Result<(), SystemError> {
        self.0.expect_searchable(node)
    }

    fn child(&self, directory: &Node, name: &[u8], is_last: bool) -> Result<Option<Node>, SystemError> {
        self.0.child(directory, name, is_last)
    }

    fn parent(&self, directory: &Node) -> Result<Node, SystemError> {
        self.0.parent(directory)
    }

    fn link(&self, node: &Node) -> Result<Option<Vec<u8>>, SystemError> {
        self.0.link(node)
    }
}

/// A granted folder with links of every kind; a folder beside it that is not granted.
fn tree() -> (tempfile::TempDir, Vfs, Ino, Mounts) {
    use std::os::unix::fs::symlink;
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().canonicalize().expect("real");
    let granted = path.join("granted");
    for inner in ["granted/a/b/c", "granted/l", "beside/b"] {
        std::fs::create_dir_all(path.join(inner)).expect("made");
    }
    std::fs::write(granted.join("a/b/c/file"), "x").expect("written");
    std::fs::write(path.join("beside/b/file"), "secret").expect("written");
    let beside = path.join("beside");
    for (target, link) in [
        (Path::new("../a"), "l/up"),
        (&granted.join("a"), "l/absolute"),
        (Path::new("../../beside"), "l/out"),
        (&beside, "l/absolutely_out"),
        (Path::new("nowhere"), "l/dangling"),
        (Path::new("loop"), "l/loop"),
        (Path::new("../a/b/"), "l/slash"),
        (Path::new("a/b/c"), "deep"),
        (Path::new("/proc/self/root"), "l/magic"),
    ] {
        symlink(target, granted.join(link)).expect("linked");
    }
    let mut vfs = Vfs::new(Limits::default());
    let root = vfs.add_root(RootKind::Slash).expect("a root");
    let grant = Grant {
        path: granted.clone(),
        named: granted,
        passed: Vec::new(),
        access: Access::Write,
        source: Source::Key("granted".to_string()),
    };
    let policy = Policy::new(std::slice::from_ref(&grant), None);
    let mounts = mount_grants(&mut vfs, root, &[grant], policy).expect("mounted");
    (folder, vfs, root, mounts)
}

/// Where a path leads, as text.
fn led(tree: &impl Tree<Node = Node, Error = SystemError>, start: Node, path: &str, follow: Follow) -> String {
    let place = |node: &Node| match node {
        Node::Vfs(ino) => format!("{ino:?}"),
        Node::Folder(folder) => String::from_utf8_lossy(folder.path()).into_owned(),
        Node::Name(name) => String::from_utf8_lossy(&name.folder.path_of(&name.name)).into_owned(),
    };
    match walk(tree, start, path.as_bytes(), follow) {
        Err(SystemError(errno)) => format!("{errno:?}"),
        Ok(found) => {
            let last = match &found.last {
                Last::Name(name) => String::from_utf8_lossy(name).into_owned(),
                last => format!("{last:?}"),
            };
            format!("{} in {}, {:?}, {}", last, place(&found.parent), found.node.as_ref().map(place), found.slash)
        }
    }
}

/// Walks a path in both ways, which must come to the same.
fn try_both(vfs: &Vfs, mounts: &Mounts, start: &Node, path: &str) {
    let (at_once, by_name) = (Namespace { vfs, mounts }, ByName(Namespace { vfs, mounts }));
    for follow in [Follow::Yes, Follow::BeforeSlash, Follow::ToCreate, Follow::Never] {
        let expected = led(&by_name, start.clone(), path, follow);
        let found = led(&at_once, start.clone(), path, follow);
        assert_eq!(found, expected, "{path}, {follow:?}");
        assert!(!found.contains("/beside/b"), "{path} leads out: {found}");
    }
}

#[test]
fn several_folders_at_once_lead_where_each_by_itself_leads() {
    let (folder, vfs, root, mounts) = tree();
    let top = folder.path().canonicalize().expect("real");
    let mut confined = Mounts::default();
    let alone = Node::Folder(confined.add_confined(&top.join("granted")).expect("opened"));
    let top = top.to_str().expect("UTF-8");
    let tree = Namespace { vfs: &vfs, mounts: &mounts };
    let inside = walk(&tree, Node::Vfs(root), format!("{top}/granted/a/.").as_bytes(), Follow::Yes);
    let Ok(inside) = inside else { panic!("expected to be led there") };
    let inside = inside.node.expect("there");
    let long = "n".repeat(300);
    for path in [
        "a/b/c/file",
        "a/b/c/",
        "a//b///c//file",
        "a/./b/c/../c/file",
        "a/b/c/../../b/c/file",
        "a/b/c/../../../../x/y",
        "a/b/c/../../../a/b/c/../../../a/b/c/file",
        "a/b/c/file/x",
        "a/b/c/file/x/y",
        "a/b/missing/x",
        "a/missing/c/x",
        "l/up/b/c/file",
        "l/absolute/b/c/file",
        "l/out/b/file",
        "l/absolutely_out/b/file",
        "l/dangling/x/y",
        "l/loop/x/y",
        "l/slash/c/file",
        "deep/file",
        "deep/../c/file",
        "l/../deep/../../b/c/file",
        "l/magic/etc/passwd",
        "l/up/b/c/../../b/c/",
        "a/b/c",
        "a/b/..",
        "a/b/c/.",
        "../beside/b/file",
        "a/b/../../../beside/b/file",
        &format!("a/{long}/b/c"),
        &format!("a/b/{long}"),
        "",
        "a/b/c/new",
    ] {
        for (start, path) in [
            (&Node::Vfs(root), format!("{top}/granted/{path}")),
            (&Node::Vfs(root), format!("/{}//granted/{path}/", top.trim_start_matches('/'))),
            (&inside, format!("../{path}")),
            (&inside, path.strip_prefix("a/").unwrap_or(path).to_string()),
            (&inside, format!("{top}/granted/{path}")),
        ] {
            try_both(&vfs, &mounts, start, &path);
        }
        try_both(&vfs, &confined, &alone, path);
    }
    // And it does go through several at once.
    assert!(tree.leap(&inside, b"b/c").is_some());
    assert!(tree.leap(&inside, b"../l/up").is_none(), "a link is on the way");
}
