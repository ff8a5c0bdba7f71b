//! Who asks for whom, as a tree.

use crate::distributions::Distributions;
use std::io::{Result, Write};

/// How deep the tree is drawn.
const DEEPEST: usize = 64;

/// Writes `root`, which is the project, and below it what it asks for. What stands there more than once is drawn once with
/// what it asks for; so a circle ends.
///
/// # Errors
/// Those of `out`.
pub fn print(inside: &Distributions, root: &str, out: &mut impl Write) -> Result<()> {
    let list = &inside.list;
    writeln!(out, "{root}")?;
    let mut tops: Vec<usize> = (0..list.len()).filter(|place| list[*place].asked_by.is_empty()).collect();
    // Those that only ask for one another hang on nothing.
    let mut reached = reached(inside, &tops);
    for place in 0..list.len() {
        if !reached[place] {
            tops.push(place);
            reached = self::reached(inside, &tops);
        }
    }
    let mut drawn = vec![false; list.len()];
    // What is still to be drawn, the next one last: where, what stands in front of it, whether it is the last of its row.
    let row = |places: &[usize], indent: &str| {
        let count = places.len();
        let row = places.iter().enumerate().map(|(at, place)| (*place, indent.to_string(), at + 1 == count));
        row.rev().collect::<Vec<_>>()
    };
    let mut left = row(&tops, "");
    while let Some((place, indent, is_last)) = left.pop() {
        let one = &list[place];
        let again = if drawn[place] && !one.asks_for.is_empty() { " (as above)" } else { "" };
        writeln!(out, "{indent}{}{} {}{again}", if is_last { "└── " } else { "├── " }, one.name, one.version)?;
        if !std::mem::replace(&mut drawn[place], true) && indent.chars().count() < DEEPEST * 4 {
            let indent = format!("{indent}{}", if is_last { "    " } else { "│   " });
            left.extend(row(&one.asks_for, &indent));
        }
    }
    Ok(())
}

/// Which of the distributions these lead to.
fn reached(inside: &Distributions, tops: &[usize]) -> Vec<bool> {
    let mut reached = vec![false; inside.list.len()];
    let mut left = tops.to_vec();
    while let Some(place) = left.pop() {
        if !std::mem::replace(&mut reached[place], true) {
            left.extend(&inside.list[place].asks_for);
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_archive;

    /// The tree of distributions that ask for others, as `a: b c`.
    fn tree(asking: &[&str]) -> String {
        let files: Vec<(String, String)> = asking
            .iter()
            .map(|line| {
                let (name, asked) = line.split_once(':').expect("a name");
                let asked: String = asked.split_whitespace().map(|other| format!("Requires-Dist: {other}\n")).collect();
                (format!("{name}-1.dist-info/METADATA"), format!("Name: {name}\nVersion: 1\n{asked}"))
            })
            .collect();
        let files: Vec<(&str, &str)> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let mut out = Vec::new();
        print(&Distributions::read(&test_archive(&files)).expect("read"), "app", &mut out).expect("written");
        String::from_utf8(out).expect("UTF-8")
    }

    #[test]
    fn what_is_asked_for_hangs_below_who_asks() {
        let expected = "app\n├── a 1\n│   ├── b 1\n│   │   └── c 1\n│   └── c 1\n└── d 1\n    └── b 1 (as above)\n";
        assert_eq!(tree(&["a: b c", "b: c", "c:", "d: b"]), expected);
        assert_eq!(tree(&[]), "app\n");
    }

    #[test]
    fn a_circle_ends_and_all_are_drawn() {
        assert_eq!(tree(&["a: b", "b: a", "c: c"]), "app\n├── c 1\n└── a 1\n    └── b 1\n        └── a 1 (as above)\n");
    }

    #[test]
    fn a_long_chain_is_drawn_as_far_as_it_can_be_read() {
        let chain: Vec<String> = (1000..1200).map(|number| format!("n{number}: n{}", number + 1)).collect();
        let drawn = tree(&chain.iter().map(String::as_str).collect::<Vec<_>>());
        assert_eq!(drawn.lines().count(), DEEPEST + 2);
    }
}
