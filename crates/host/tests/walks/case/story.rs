//! What has happened in a case so far: it is told when the case fails.

use std::cell::RefCell;
use std::fmt::Display;
use std::panic::{set_hook, take_hook};
use std::sync::Once;

thread_local! {
    static STORY: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Begins a new story. A panic tells it from now on, before all else that a panic does: a fuzzer's ends the process.
pub fn begin(text: &str) {
    static HOOK: Once = Once::new();
    HOOK.call_once(|| {
        let former = take_hook();
        set_hook(Box::new(move |panic| {
            STORY.with_borrow(|story| eprintln!("{story}"));
            former(panic);
        }));
    });
    STORY.with_borrow_mut(|story| story.replace_range(.., text));
}

pub fn tell(text: impl Display) {
    STORY.with_borrow_mut(|story| story.push_str(&text.to_string()));
}
