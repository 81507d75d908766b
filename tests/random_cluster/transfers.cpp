// SPDX-License-Identifier: Apache-2.0
// DMA: any address, length and stride, several transfers at once, while other cores load and store
// the bytes in between.
#include <algorithm>
#include <array>
#include <bit>
#include <optional>

#include "weave.hpp"

namespace freebits::random_cluster {
namespace {

constexpr unsigned kMostLeads = 4;

struct Transfer {
  std::uint32_t source = 0, destination = 0, bytes = 0, rows = 1;
  std::int32_t source_stride = 0, destination_stride = 0;

  [[nodiscard]] std::uint32_t from(std::uint32_t row, std::uint32_t i) const {
    return source + row * static_cast<std::uint32_t>(source_stride) + i;
  }
  [[nodiscard]] std::uint32_t to(std::uint32_t row, std::uint32_t i) const {
    return destination + row * static_cast<std::uint32_t>(destination_stride) + i;
  }
};

/// The engine a step uses: where its registers are, what it can reach, what it says when done.
struct Engine {
  std::uint32_t base;
  unsigned event;
  std::vector<std::pair<std::uint32_t, std::uint32_t>> routes;  ///< from, to
  std::uint32_t largest;                                        ///< row
};

const Engine& cluster_dma() {
  static const Engine kEngine = {n::DmaBase,
                                 n::EventDma,
                                 {{kL2Data, n::L1Base},
                                  {kL2Data, n::L1Base},
                                  {n::L1Base, kL2Data},
                                  {n::L1Base, kL2Data},
                                  {kL3Data, n::L1Base},
                                  {n::L1Base, kL3Data},
                                  {n::L1Base, n::L1Base},
                                  {kL2Data, kL2Data}},
                                 600};
  return kEngine;
}

const Engine& l3_dma() {
  static const Engine kEngine = {
      n::OutsideIoBase, n::EventOutside, {{kL3Data, kL2Data}, {kL2Data, kL3Data}}, 120};
  return kEngine;
}

/// Part of a step's slot that one core's transfers fill; `at` goes up.
struct Room {
  std::uint32_t at = 0, end = 0;
  [[nodiscard]] std::uint32_t left() const { return end - at; }
};

/// Into the room, from data nobody writes or from where an earlier transfer has gone.
Transfer make_transfer(Rng& rng, const Engine& engine, std::uint32_t slot, Room& room,
                       const std::vector<Transfer>& before) {
  const auto [from, to] = rng.pick(engine.routes);
  Transfer t;
  room.at += rng.below(8);  // a gap, for others
  t.rows = rng.chance(50) ? 1 : 1 + rng.below(5);
  t.bytes = 1 + rng.below(std::min(engine.largest / t.rows, room.left() / t.rows - 1));
  if (rng.chance(4)) (rng.chance(50) ? t.bytes : t.rows) = 0;
  const std::uint32_t spare = t.rows == 0 ? 0 : room.left() / t.rows - t.bytes;
  t.destination_stride = static_cast<std::int32_t>(t.bytes + rng.below(std::min(spare, 9U) + 1));
  const std::uint32_t span = t.rows * static_cast<std::uint32_t>(t.destination_stride);
  t.destination = to + slot + room.at;
  if (t.rows > 1 && rng.chance(25)) {  // backwards
    t.destination += span - static_cast<std::uint32_t>(t.destination_stride);
    t.destination_stride = -t.destination_stride;
  }
  room.at += span;

  t.source_stride = rng.between(-64, 200);
  t.source = from + kSource + 512 + rng.below(kSourceBytes - 2048);
  if (!before.empty() && rng.chance(35)) {
    const Transfer& b = rng.pick(before);
    const bool reachable = std::ranges::any_of(engine.routes, [&](const auto& route) {
      return route.second == to && b.destination - route.first < kDataBytes;
    });
    if (reachable && b.rows != 0 && b.destination_stride > 0 && t.rows != 0) {
      t.source = b.destination;  // all of it lies within the earlier one's rows
      t.source_stride = 0;
      t.bytes = std::min(t.bytes, b.bytes);
    }
  }
  return t;
}

/// As if by memcpy: what the bytes at the destination will be.
void expect(Memories& memories, const Transfer& t, std::vector<bool>& used, std::uint32_t slot) {
  for (std::uint32_t row = 0; row < t.rows; ++row) {
    for (std::uint32_t i = 0; i < t.bytes; ++i) {
      memories.expect(t.to(row, i), memories.expected(t.from(row, i)));
      used[(t.to(row, i) & (kDataBytes - 1)) - slot] = true;
    }
  }
}

std::uint8_t start(CoreCode& code, const Engine& engine, const Transfer& t) {
  const std::uint8_t base = code.take();
  const std::uint8_t value = code.take();
  code.li(base, engine.base);
  const auto set = [&](std::uint32_t offset, std::uint32_t v) {
    code.li(value, v);
    code.store_word(value, base, offset);
  };
  set(n::DmaSource, t.source);
  set(n::DmaDestination, t.destination);
  set(n::DmaBytes, t.bytes);
  set(n::DmaRows, t.rows);
  set(n::DmaSourceStride, static_cast<std::uint32_t>(t.source_stride));
  set(n::DmaDestinationStride, static_cast<std::uint32_t>(t.destination_stride));
  code.load_word(value, base, n::DmaStart);
  code.release({base});
  return value;
}

/// As the runtime's fb_dma_wait(), or without ever sleeping.
void wait(CoreCode& code, const Engine& engine, std::uint8_t ticket) {
  const std::uint8_t base = code.take();
  const std::uint8_t done = code.take();
  const std::uint8_t mask = code.take();
  const bool sleeps = code.rng().chance(65);
  code.li(base, engine.base);
  code.li(mask, 1U << engine.event);
  if (sleeps) code.store_word(mask, kEventUnit, n::EuMask);
  const std::uint32_t again = code.label("wait for transfer");
  code.load_word(done, base, n::DmaDone);
  code.op("sub", {.rd = done, .rs1 = done, .rs2 = ticket});
  code.to(code.next_label() + random::kIdStep, "bge", {.rs1 = done});
  (void)code.label("not yet");
  if (sleeps) code.wait(done, n::EuWaitClear);
  code.to(again, "jal");
  (void)code.label("transferred");
  code.release({base, done, mask});
}

/// The program's own look at a few bytes of its transfer.
void look(CoreCode& code, const Memories& memories, const Transfer& t) {
  if (t.bytes == 0 || t.rows == 0 || t.destination >= n::L3Base) return;
  const std::uint8_t base = code.take();
  const std::uint8_t byte = code.take();
  const std::uint8_t value = code.take();
  const std::uint8_t differs = code.take();
  code.op("addi", {.rd = differs});
  for (unsigned i = 0; i < 3; ++i) {
    const std::uint32_t at = t.to(code.rng().below(t.rows), code.rng().below(t.bytes));
    code.li(base, at);
    code.op("lbu", {.rd = byte, .rs1 = base});
    code.op("xori", {.rd = byte, .rs1 = byte, .imm = memories.expected(at)});
    code.op("or", {.rd = differs, .rs1 = differs, .rs2 = byte});
  }
  code.li(base, kFailures + 4 * code.core());
  code.load_word(value, base, 0);
  code.op("or", {.rd = value, .rs1 = value, .rs2 = differs});
  code.store_word(value, base, 0);
  code.release({base, byte, value, differs});
}

/// Stores what is there already: no order of accesses can make a difference.
void rewrite(Weave& w, CoreCode& code, std::uint32_t address, unsigned bytes) {
  std::uint32_t value = 0;
  for (unsigned i = 0; i < bytes; ++i) {
    value |= std::uint32_t{w.memories.expected(address + i)} << (8 * i);
  }
  code.store(address, bytes, value);
}

/// Where others are while a step's transfers run.
struct Meddling {
  const Ownership& gaps;
  std::uint32_t slot = 0;
  std::uint32_t filled = 0;  ///< bytes of the slot
  std::uint32_t source = 0;  ///< offset of something that is read
};

/// Loads and stores where transfers read, and owned stores between the bytes that they write.
void meddle(Weave& w, CoreCode& code, const Meddling& m, unsigned accesses) {
  Rng& rng = code.rng();
  static constexpr unsigned kWidths[] = {1, 2, 4};
  const auto& mine = m.gaps.of(code.core());
  for (unsigned i = 0; i < accesses; ++i) {
    const std::uint32_t base = rng.chance(90) ? n::L1Base : kL2Data;
    const std::uint32_t source = base + m.source + rng.below(64);
    const std::uint32_t dice = rng.below(10);
    if (!mine.empty() && dice < 5) {
      const Owned& o = rng.pick(mine);
      w.store_owned(code, base + m.slot + o.offset, o.bytes);
    } else if (dice < 7) {
      code.load(base + m.slot + rng.below(m.filled), rng.pick(kWidths));
    } else if (dice < 9) {
      rewrite(w, code, source, rng.pick(kWidths));
    } else {
      code.load(source, rng.pick(kWidths));
    }
  }
}

/// Sends somebody the interrupt that comes once a phase; nobody waits for it.
void interrupt_somebody(Weave& w, CoreCode& code) {
  const unsigned target = pick_core(code.rng(), w.all());
  if ((w.events_used[target] >> kInterruptEvent & 1) != 0) return;
  w.events_used[target] |= 1U << kInterruptEvent;
  ++w.interrupts[target];
  const std::uint8_t mask = code.take();
  code.li(mask, 1U << target);
  code.store_word(mask, kEventUnit, n::EuTrigger + 4 * kInterruptEvent);
  code.release({mask});
}

/// One core's part: starts its transfers, meddles with all, waits for its own; then the same again.
void take_part(Weave& w, CoreCode& code, const Engine& engine,
               const std::vector<Transfer>& transfers, const Meddling& meddling) {
  std::optional<std::uint8_t> ticket;
  const CoreCode::Loop loop = code.open_loop(1 + code.rng().below(4));
  for (const Transfer& t : transfers) {
    if (ticket && code.rng().chance(20)) wait(code, engine, *ticket);
    if (ticket) code.release({*ticket});
    ticket = start(code, engine, t);
    if (code.rng().chance(30)) meddle(w, code, meddling, 2);
  }
  meddle(w, code, meddling, 3 + code.rng().below(10));
  code.close_loop(loop);
  if (code.rng().chance(15)) interrupt_somebody(w, code);
  if (!ticket) return;
  wait(code, engine, *ticket);
  look(code, w.memories, transfers.back());
}

void weave_transfers(Weave& w, const Step& step, bool l3) {
  Rng rng(step.seed);
  const std::uint32_t slot = kSlots + step.slot * kSlotBytes;
  std::uint32_t leads = 0;
  for (unsigned i = 1 + rng.below(kMostLeads); i > 0; --i)
    leads |= 1U << pick_core(rng, step.cores);

  std::array<std::vector<Transfer>, kMaxCores> transfers;
  std::array<const Engine*, kMaxCores> engines;
  engines.fill(&cluster_dma());
  std::vector<bool> used(kSlotBytes);
  const std::uint32_t share = kSlotBytes / static_cast<unsigned>(std::popcount(leads));
  std::uint32_t room_at = 0;
  std::uint32_t source = kSource;
  w.each(leads, [&](CoreCode& code) {
    const Engine*& engine = engines[code.core()];
    if (l3 && (leads == 1U << code.core() || rng.chance(60))) engine = &l3_dma();
    Room room{room_at, room_at + share};
    room_at += share;
    std::vector<Transfer>& mine = transfers[code.core()];
    const bool crowd = rng.chance(15);  // more than the queue holds, each small
    for (unsigned i = crowd ? 12 : 1 + rng.below(4); i > 0 && room.left() > 24; --i) {
      Room part = crowd ? Room{room.at, room.at + 18} : room;
      mine.push_back(make_transfer(rng, *engine, slot, part, mine));
      room.at = part.at;
      expect(w.memories, mine.back(), used, slot);
    }
    source =
        std::clamp(mine.front().source & (kDataBytes - 1), kSource, kSource + kSourceBytes - 128);
  });
  std::vector<bool> free = used;
  free.flip();
  const Ownership gaps(rng, free, step.cores);
  const Meddling meddling{gaps, slot, room_at - 4, source};

  if (rng.chance(60)) w.together(step.cores);
  w.each(step.cores, [&](CoreCode& code) {
    code.start("dma", step.seed);
    take_part(w, code, *engines[code.core()], transfers[code.core()], meddling);
  });
}

}  // namespace

void weave_dma(Weave& w, const Step& step) { weave_transfers(w, step, false); }
void weave_l3_dma(Weave& w, const Step& step) { weave_transfers(w, step, true); }

}  // namespace freebits::random_cluster
