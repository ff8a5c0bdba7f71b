//! RECORD, which lists the files of a distribution, as the bundle has them: bytecode in place of sources, and nothing that is not
//! inside.

use super::bytecode::Compiled;
use crate::csv::{quoted, row};
use std::collections::BTreeSet;

/// Rewrites the RECORD of each distribution among compiled libraries.
pub(super) fn rewrite(files: &mut [Compiled]) {
    let inside: BTreeSet<String> =
        files.iter().filter(|file| file.contents.is_some()).map(|file| file.path.clone()).collect();
    for file in files.iter_mut().filter(|file| is_record(&file.path)) {
        let Some(contents) = &mut file.contents else { continue };
        let text = String::from_utf8_lossy(contents);
        // pip lists bytecode, too.
        let mut listed = BTreeSet::new();
        let lines = text.lines().filter_map(|line| lines_for(line, &inside));
        let lines = lines.flat_map(|lines| lines.split_inclusive('\n').map(str::to_string).collect::<Vec<_>>());
        *contents = lines.filter(|line| listed.insert(row(line).0)).collect::<String>().into_bytes();
    }
}

fn is_record(path: &str) -> bool {
    path.split_once('/').is_some_and(|(folder, name)| folder.ends_with(".dist-info") && name == "RECORD")
}

/// The lines for a file of a distribution, if it is inside.
fn lines_for(line: &str, inside: &BTreeSet<String>) -> Option<String> {
    let (path, rest) = row(line);
    let Some(stem) = path.strip_suffix(".py") else {
        return inside.contains(&path).then(|| format!("{}{rest}\n", quoted(&path)));
    };
    let bytecode = format!("{stem}.pyc");
    if inside.contains(&bytecode) {
        return Some(format!("{},,\n", quoted(&bytecode)));
    }
    // A source that is kept, with its bytecode, if it compiles.
    let (folder, name) = stem.rsplit_once('/').map_or(("", stem), |(folder, name)| (folder, name));
    let slash = if folder.is_empty() { "" } else { "/" };
    let start = format!("{folder}{slash}__pycache__/{name}.cpython-");
    let cached = inside.range(start.clone()..).next().filter(|path| path.starts_with(&start));
    let cached = cached.map(|path| format!("{},,\n", quoted(path))).unwrap_or_default();
    inside.contains(&path).then(|| format!("{}{rest}\n{cached}", quoted(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_lists_what_is_inside() {
        let file = |path: &str, text: &str| Compiled {
            path: path.to_string(),
            contents: Some(text.as_bytes().to_vec()),
            executable: false,
        };
        let record = "a/__init__.py,sha256=x,1\na/kept.py,sha256=y,2\ntop.py,,\na/excluded.py,sha256=z,3\na/x.pyi,,\n\
                      a/__pycache__/kept.cpython-313.pyc,,\n\"a/b,c.txt\",sha256=w,4\na-1.dist-info/RECORD,,\n";
        let mut files = vec![
            file("a/__init__.pyc", ""),
            file("a/kept.py", ""),
            file("a/__pycache__/kept.cpython-313.pyc", ""),
            file("a/__pycache__/keptother.cpython-313.pyc", ""),
            file("top.py", ""),
            file("a/b,c.txt", ""),
            file("a-1.dist-info/RECORD", record),
            file("a/RECORD", record),
        ];
        rewrite(&mut files);
        let text = |at: usize| String::from_utf8(files[at].contents.clone().expect("a file")).expect("UTF-8");
        let expected = "a/__init__.pyc,,\na/kept.py,sha256=y,2\na/__pycache__/kept.cpython-313.pyc,,\ntop.py,,\n\
                        \"a/b,c.txt\",sha256=w,4\na-1.dist-info/RECORD,,\n";
        assert_eq!((text(6).as_str(), text(7).as_str()), (expected, record));
    }
}
