// SPDX-License-Identifier: Apache-2.0
#include "tb/memory/l3_transfer.hpp"

#include <algorithm>
#include <cstring>

namespace freebits::tb {
namespace {

constexpr std::uint32_t kBlock = 8;

bool inside(const TlmMemory& memory, std::uint32_t start, std::uint32_t stride, const Rows& rows) {
  const std::int64_t first = start;
  const std::int64_t last =
      first + std::int64_t{static_cast<std::int32_t>(stride)} * (std::int64_t{rows.rows} - 1);
  const std::int64_t base = memory.base();
  return std::min(first, last) >= base &&
         std::max(first, last) + rows.bytes <= base + memory.bytes();
}

}  // namespace

bool L3Transfer::begin(const Rows& rows, std::uint64_t now) {
  const auto from = [&](const TlmMemory& memory) {
    return inside(memory, rows.source, rows.source_stride, rows);
  };
  const auto to = [&](const TlmMemory& memory) {
    return inside(memory, rows.destination, rows.destination_stride, rows);
  };
  in_ = from(l3_) && to(l2_);
  if (!in_ && !(from(l2_) && to(l3_))) return false;
  rows_ = rows;
  channel_ = reader_ = {};
  queue_ = {};
  channel_slot_ = reader_slot_ = 0;
  next_ = Next::Ask;
  due_ = now;
  if (!in_) {
    for (unsigned i = 0; i < kReadAhead; ++i) read_ahead(now);
  }
  return true;
}

L3Transfer::Beat L3Transfer::beat(const Position& at) const {
  const std::uint32_t source = rows_.source + at.row * rows_.source_stride + at.column;
  const std::uint32_t destination =
      rows_.destination + at.row * rows_.destination_stride + at.column;
  Beat beat{in_ ? destination : source, in_ ? source : destination, 0};
  const std::uint32_t burst = l3_.longest_burst();
  beat.bytes =
      std::min({kBlock - beat.l2 % kBlock, rows_.bytes - at.column, burst - at.column % burst});
  return beat;
}

void L3Transfer::step(Position& at, std::uint32_t bytes) const {
  at.column += bytes;
  if (at.column < rows_.bytes) return;
  at.column = 0;
  ++at.row;
}

/// A row is made of bursts.
bool L3Transfer::at_burst(const Position& at) const { return at.column % l3_.longest_burst() == 0; }

/// Out: the next beat from L2 into the queue.
void L3Transfer::read_ahead(std::uint64_t now) {
  if (reader_.row == rows_.rows) return;
  const Beat b = beat(reader_);
  Slot& slot = queue_[reader_slot_++ % kReadAhead];
  std::memcpy(&slot.data, l2_.at(b.l2), b.bytes);
  slot.cycle = l2_.slot(now) + l2_.latency();
  step(reader_, b.bytes);
}

void L3Transfer::ask(std::uint64_t now) {
  const bool further = channel_.row != 0 || channel_.column != 0;
  first_ = l3_.begin_burst(now, further);
  passed_ = 0;
  schedule();
}

/// When the next beat will have passed. It waits for room in the queue, or for its data in it; the
/// rest of the burst with it.
void L3Transfer::schedule() {
  const std::uint64_t begin = first_ + l3_.cycles(passed_);
  const std::uint64_t earliest = queue_[channel_slot_ % kReadAhead].cycle;
  if (earliest > begin) first_ += earliest - begin;
  next_ = Next::Pass;
  due_ = first_ + l3_.cycles(passed_ + beat(channel_).bytes);
}

void L3Transfer::pass(std::uint64_t now) {
  const Beat b = beat(channel_);
  Slot& slot = queue_[channel_slot_++ % kReadAhead];
  std::uint64_t end = now;
  if (in_) {
    std::memcpy(l2_.at(b.l2), l3_.at(b.l3), b.bytes);
    end = slot.cycle = l2_.slot(now);
  } else {
    std::memcpy(l3_.at(b.l3), &slot.data, b.bytes);
    read_ahead(now);
  }
  passed_ += b.bytes;
  step(channel_, b.bytes);
  if (!at_burst(channel_)) return schedule();
  l3_.end_burst(now, passed_);
  const bool last = channel_.row == rows_.rows;
  next_ = last ? Next::End : Next::Ask;
  due_ = last ? end : now;
}

bool L3Transfer::advance(std::uint64_t now) {
  switch (next_) {
    case Next::Ask:
      ask(now);
      break;
    case Next::Pass:
      pass(now);
      break;
    case Next::End:
      break;
  }
  return next_ == Next::End && due_ <= now;
}

}  // namespace freebits::tb
