//! The second process of the races: a thread that moves things about in what is granted, while the guest goes through it.

use super::world::{GRANTABLE, World};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// What is moved about.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Swaps {
    /// Folders and files in what is granted, with links and to places outside.
    Inside,
    /// What is granted itself, with a link.
    Grant,
    /// A file that an argument names, with a link, while runs start.
    Start,
}

/// A thread that moves things until it is ended.
pub struct Mover {
    thread: JoinHandle<u64>,
    end: Arc<AtomicBool>,
}

impl Mover {
    pub fn start(world: &World, swaps: Swaps) -> Mover {
        let here = world.path("here");
        let mut moves: Vec<(PathBuf, PathBuf, RenameFlags)> = Vec::new();
        for name in GRANTABLE {
            let race = here.join(name).join("race");
            match swaps {
                Swaps::Grant => {
                    moves.push((here.join(name), here.join(format!("{name}_out")), RenameFlags::EXCHANGE));
                }
                Swaps::Start => {
                    moves.push((race.join("flip"), race.join("flip_out"), RenameFlags::EXCHANGE));
                }
                Swaps::Inside => {
                    moves.push((race.join("swap"), race.join("swap_out"), RenameFlags::EXCHANGE));
                    moves.push((race.join("flip"), race.join("flip_out"), RenameFlags::EXCHANGE));
                    let away = world.path("away").join(name).join("moved");
                    moves.push((race.join("moved"), away, RenameFlags::empty()));
                    moves.push((race.join("flicker"), race.join("flicker_away"), RenameFlags::empty()));
                }
            }
        }
        let end = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let end = end.clone();
            move || {
                let mut rounds = 0;
                while !end.load(Ordering::Relaxed) {
                    for (one, other, how) in &moves {
                        rename(one, other, *how);
                        // The guest gets a look at both.
                        std::thread::yield_now();
                        rename(other, one, *how);
                    }
                    rounds += 1;
                }
                rounds
            }
        });
        Mover { thread, end }
    }

    /// Ends it, with everything where it was; how often it went round.
    pub fn end(self) -> u64 {
        self.end.store(true, Ordering::Relaxed);
        self.thread.join().expect("it ends")
    }
}

/// The guest may have put something in the way, or taken something away.
fn rename(from: &Path, to: &Path, how: RenameFlags) {
    let _ = renameat_with(CWD, from, CWD, to, how);
}
