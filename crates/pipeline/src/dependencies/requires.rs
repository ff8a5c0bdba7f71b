//! `requires-python` of `[project]`. uv compares it where there is a lock of its own, or a distribution; for a project without
//! either, this does.

/// Whether a range of versions, as `>=3.11,<4`, holds a version; `None` if it is written in a way that this does not read.
pub(super) fn holds(range: &str, version: &str) -> Option<bool> {
    let version = numbers(version)?;
    let mut holds = true;
    for part in range.split(',').map(str::trim).filter(|part| !part.is_empty()) {
        let operators = ["~=", "==", "!=", ">=", "<=", ">", "<"];
        let operator = operators.into_iter().find(|operator| part.starts_with(operator))?;
        let text = part[operator.len()..].trim();
        let (text, is_prefix) = text.strip_suffix(".*").map_or((text, false), |text| (text, true));
        let given = numbers(text)?;
        let begins = |len: usize| padded(&version, len)[..len] == padded(&given, len)[..len];
        let len = version.len().max(given.len());
        let ordering = padded(&version, len).cmp(&padded(&given, len));
        holds &= match operator {
            "==" if is_prefix => begins(given.len()),
            "!=" if is_prefix => !begins(given.len()),
            _ if is_prefix => return None,
            "==" => ordering.is_eq(),
            "!=" => ordering.is_ne(),
            ">=" => ordering.is_ge(),
            "<=" => ordering.is_le(),
            ">" => ordering.is_gt(),
            "<" => ordering.is_lt(),
            // At least this, and all but the last number the same.
            _ => ordering.is_ge() && begins(given.len().checked_sub(1)?),
        };
    }
    Some(holds)
}

fn numbers(text: &str) -> Option<Vec<u64>> {
    text.split('.').map(|number| number.parse().ok()).collect()
}

fn padded(numbers: &[u64], len: usize) -> Vec<u64> {
    numbers.iter().copied().chain(std::iter::repeat(0)).take(len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_holds_a_version_or_does_not() {
        for (range, expected) in [
            ("", Some(true)),
            (">=3.13", Some(true)),
            (">= 3.9, <4", Some(true)),
            (">=3.14", Some(false)),
            (">3.13", Some(true)),
            (">3.13.5", Some(false)),
            ("<3.13", Some(false)),
            ("<=3.13", Some(false)),
            ("==3.13", Some(false)),
            ("==3.13.*", Some(true)),
            ("!=3.13.*", Some(false)),
            ("!=3.13.4", Some(true)),
            ("~=3.12", Some(true)),
            ("~=3.12.1", Some(false)),
            ("~=3.13.1", Some(true)),
            (">=3.13rc1", None),
            ("3.13", None),
            (">=3.*", None),
        ] {
            assert_eq!(holds(range, "3.13.5"), expected, "{range}");
        }
    }
}
