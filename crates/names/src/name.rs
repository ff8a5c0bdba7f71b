//! Which names may be asked for. They come from the guest, which has made ASCII of them, and from files and answers, which may
//! hold anything.

/// The longest name, bytes, without a dot at its end.
const LONGEST_NAME: usize = 253;
/// The longest part of a name between two dots, bytes.
const LONGEST_LABEL: usize = 63;

/// Whether this is a name: labels of letters, digits, `-` and `_`, with dots between, that is no number.
pub(crate) fn is_name(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_known = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        (1..=LONGEST_LABEL).contains(&label.len()) && label.bytes().all(is_known)
    };
    text.len() <= LONGEST_NAME && text.split('.').all(is_label) && !is_numeric(text)
}

/// Whether C would read an address in the text: all labels are digits, or `0x` and digits. What such a name led to would not be
/// what it looks like.
fn is_numeric(text: &str) -> bool {
    text.split('.').all(|label| match label.strip_prefix("0x").or_else(|| label.strip_prefix("0X")) {
        Some(digits) => digits.bytes().all(|byte| byte.is_ascii_hexdigit()),
        None => label.bytes().all(|byte| byte.is_ascii_digit()),
    })
}

/// Whether the name is this machine's own, whatever a server says of it: RFC 6761, section 6.3.
pub(crate) fn is_localhost(name: &str) -> bool {
    let last = name.rsplit('.').next().unwrap_or(name);
    last.eq_ignore_ascii_case("localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_labels_of_letters_digits_and_lines() {
        for name in
            ["a", "example.com", "_srv._tcp.Example-1.com", "xn--bcher-kva.example", "1.example", "0xg", "dead.beef"]
        {
            assert!(is_name(name), "{name}");
        }
        let long = ["a".repeat(63).as_str(); 4].join(".");
        assert!(is_name(&long[..253]) && !is_name(&long) && !is_name(&"a".repeat(64)));
        for name in ["", ".", "a..b", ".a", "a.", "a b", "a\nb", "bücher", "a/b", "::1", "fe80::1%lo", "a\0", "*.a"] {
            assert!(!is_name(name), "{name:?}");
        }
    }

    #[test]
    fn what_looks_like_a_number_is_no_name() {
        for name in ["1", "127.1", "127.0.0.1", "2130706433", "0x7f.1", "0X7F000001", "017700000001", "0x", "1.2.3.4.5"]
        {
            assert!(!is_name(name), "{name}");
        }
    }

    #[test]
    fn localhost_is_the_last_label() {
        assert!(is_localhost("LocalHost") && is_localhost("app.localhost"));
        assert!(!is_localhost("localhost.example") && !is_localhost("mylocalhost"));
    }
}
