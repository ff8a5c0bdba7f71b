//! The protocol, step by step in every order that there is, and the code itself under load.

use super::*;
use std::collections::HashSet;
use std::sync::Arc;

/// What all see. One step of an actor is one access to one of these.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
struct World {
    state: u32,
    /// The bit that the interpreter looks at.
    bit: bool,
    /// What the guest is asked for, and what it has seen of that.
    reasons: u8,
    seen: u8,
    /// Whether a host call has a slice of the memory.
    borrowed: bool,
    guest: Guest,
    /// How many host calls it still makes by itself.
    calls: u8,
    ringers: [Ringer; 2],
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Guest {
    Leave,
    Ask,
    Answer,
    /// In guest code, between two instructions.
    Look,
    Enter {
        attends: bool,
    },
    Call {
        attends: bool,
    },
    Return,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Ringer {
    Say,
    Try,
    TryInCall,
    Ask,
    Answer,
    Done,
}

fn exchange(state: &mut u32, old: u32, new: u32) -> Result<u32, u32> {
    if *state == old { Ok(std::mem::replace(state, new)) } else { Err(*state) }
}

fn ask(world: &mut World) {
    assert!(!world.borrowed, "somebody writes while a call has the memory: {world:?}");
    world.bit = true;
}

/// The guest's next step; `None` if it has nothing to do.
fn guest(mut world: World) -> Option<World> {
    world.guest = match world.guest {
        Guest::Leave => match exchange(&mut world.state, HOST, GUEST) {
            Ok(_) => Guest::Look,
            Err(_) => Guest::Ask,
        },
        Guest::Ask => {
            ask(&mut world);
            Guest::Answer
        }
        Guest::Answer => {
            world.state = GUEST;
            Guest::Look
        }
        Guest::Look if std::mem::take(&mut world.bit) => Guest::Enter { attends: true },
        Guest::Look => {
            world.calls = world.calls.checked_sub(1)?;
            Guest::Enter { attends: false }
        }
        Guest::Enter { attends } => match exchange(&mut world.state, GUEST, HOST) {
            Err(RINGING) => return None,
            _ => Guest::Call { attends },
        },
        Guest::Call { attends } => {
            world.borrowed = true;
            if attends {
                world.seen |= std::mem::take(&mut world.reasons);
            }
            Guest::Return
        }
        Guest::Return => {
            world.borrowed = false;
            Guest::Leave
        }
    };
    Some(world)
}

/// The next step of one who rings for `reason`.
fn ring(mut world: World, which: usize) -> Option<World> {
    world.ringers[which] = match world.ringers[which] {
        Ringer::Say => {
            world.reasons |= 1 << which;
            Ringer::Try
        }
        Ringer::Try => match exchange(&mut world.state, GUEST, RINGING) {
            Ok(_) => Ringer::Ask,
            Err(HOST) => Ringer::TryInCall,
            Err(_) => Ringer::Done,
        },
        Ringer::TryInCall => match exchange(&mut world.state, HOST, RUNG) {
            Ok(_) => Ringer::Done,
            Err(_) => Ringer::Try,
        },
        Ringer::Ask => {
            ask(&mut world);
            Ringer::Answer
        }
        Ringer::Answer => {
            world.state = GUEST;
            Ringer::Done
        }
        Ringer::Done => return None,
    };
    Some(world)
}

/// Two who ring, one of them perhaps a signal's handler on a thread that is ringing itself, and a guest that makes host calls: in
/// every order nobody writes while a call has the memory, nobody waits for ever, and the guest sees every reason.
#[test]
fn in_every_order_no_ring_is_lost_and_no_memory_is_written_that_a_call_has() {
    let ringers = [Ringer::Say; 2];
    let start =
        World { state: HOST, bit: false, reasons: 0, seen: 0, borrowed: false, guest: Guest::Leave, calls: 2, ringers };
    let (mut seen, mut open, mut ends) = (HashSet::from([start]), vec![start], 0);
    while let Some(world) = open.pop() {
        let next = [guest(world), ring(world, 0), ring(world, 1)];
        if next == [None; 3] {
            assert_eq!((world.seen, world.ringers), (3, [Ringer::Done; 2]), "a reason is lost: {world:?}");
            ends += 1;
        }
        open.extend(next.into_iter().flatten().filter(|world| seen.insert(*world)));
    }
    assert!(ends > 0 && seen.len() > 500, "{ends} ends, {} states", seen.len());
}

/// The code itself: a guest that makes host calls, and threads that ring as fast as they can.
#[test]
fn under_load_no_ring_is_lost_and_no_memory_is_written_that_a_call_has() {
    const RINGS: u32 = 20_000;
    let (bell, bit, borrowed) = (Arc::new(Doorbell::new()), Arc::new(AtomicU32::new(0)), Arc::new(AtomicU32::new(0)));
    let reasons = Arc::new(AtomicU32::new(0));
    let ask = |bit: &AtomicU32, borrowed: &AtomicU32| {
        assert_eq!(borrowed.load(Ordering::SeqCst), 0, "a call has the memory");
        bit.store(1, Ordering::SeqCst);
    };
    let ringers: Vec<_> = (0..2)
        .map(|_| {
            let (bell, bit, borrowed, reasons) = (bell.clone(), bit.clone(), borrowed.clone(), reasons.clone());
            std::thread::spawn(move || {
                for _ in 0..RINGS {
                    reasons.fetch_add(1, Ordering::SeqCst);
                    bell.ring(|| ask(&bit, &borrowed));
                }
            })
        })
        .collect();
    bell.leave(|| ask(&bit, &borrowed));
    let (mut seen, start) = (0, std::time::Instant::now());
    while seen < 2 * RINGS {
        assert!(start.elapsed().as_secs() < 60, "a ring is lost: {seen} of {} were seen", 2 * RINGS);
        let attends = bit.swap(0, Ordering::SeqCst) == 1;
        bell.enter();
        borrowed.store(1, Ordering::SeqCst);
        if attends {
            seen += reasons.swap(0, Ordering::SeqCst);
        }
        borrowed.store(0, Ordering::SeqCst);
        bell.leave(|| ask(&bit, &borrowed));
    }
    for ringer in ringers {
        ringer.join().expect("it ends");
    }
}
