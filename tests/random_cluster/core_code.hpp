// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <initializer_list>
#include <string_view>
#include <vector>

#include "builder.hpp"
#include "memory_map.hpp"
#include "program.hpp"
#include "rng.hpp"

namespace freebits::random_cluster {

using random::Rng;

/// The code of one core in the making: what tests/random's Builder does, within the registers'
/// shares of memory_map.hpp, and accesses in all addressing forms of the level.
class CoreCode {
 public:
  CoreCode(isa::Level level, unsigned core);
  CoreCode(const CoreCode&) = delete;
  CoreCode& operator=(const CoreCode&) = delete;

  [[nodiscard]] unsigned core() const { return core_; }
  [[nodiscard]] isa::Level level() const { return program.level; }
  [[nodiscard]] std::uint32_t private_area() const { return kPrivate + core_ * kPrivateBytes; }

  /// New random numbers, all scratch registers free.
  void start(const char* kind, std::uint64_t seed);
  [[nodiscard]] Rng& rng() { return rng_; }
  /// A scratch register nobody uses until the next start() or release().
  [[nodiscard]] std::uint8_t take();
  void release(std::initializer_list<std::uint8_t> registers);

  void op(std::string_view mnemonic, const isa::Operands& operands = {}) {
    builder_.op(mnemonic, operands);
  }
  void add(const random::Piece& piece) { builder_.add(piece); }
  void li(std::uint8_t rd, std::uint32_t value);
  void load_word(std::uint8_t rd, std::uint8_t base, std::uint32_t offset);
  void store_word(std::uint8_t rs2, std::uint8_t base, std::uint32_t offset);

  /// A place to jump to, here.
  [[nodiscard]] std::uint32_t label(const char* kind = "", bool aligned = false);
  /// The label that comes next.
  [[nodiscard]] std::uint32_t next_label() const { return builder_.next_id(); }
  /// A branch or jump to a label.
  void to(std::uint32_t target, std::string_view mnemonic, const isa::Operands& operands = {}) {
    builder_.to(target, random::row(mnemonic), operands);
  }
  void call(std::uint32_t address);

  /// One instruction that computes in scratch registers that are free, from anything.
  void clutter();

  /// One load or store of 1, 2 or 4 bytes at `address`, in any addressing form. A load's value goes
  /// to a free scratch register.
  void load(std::uint32_t address, unsigned bytes);
  void store(std::uint32_t address, unsigned bytes, std::uint32_t value);

  /// Loads a word of the event unit as a wait: the core sleeps where the level lets it.
  void wait(std::uint8_t rd, std::uint32_t offset);
  /// Waits for this event and forgets it.
  void wait_event(unsigned event);

  /// Begins a loop of `count` rounds; close_loop() goes back. Code runs out of the fetch buffer
  /// from the second round on: only then can cores keep the memories busy.
  struct Loop {
    std::uint32_t start = 0;
    std::uint8_t counter = 0;
  };
  [[nodiscard]] Loop open_loop(unsigned count);
  void close_loop(const Loop& loop);

  // Code in private registers and the private area only. It is written twice: here and to a program
  // of its own, which tells what it computes.
  void private_work(unsigned instructions);
  /// An instruction of 32 bits in private registers.
  [[nodiscard]] random::Piece private_piece();
  void add_private(const random::Piece& piece);
  /// Only the second time: somebody else has this core execute it.
  void note_private(const random::Piece& piece);

  random::Program program;
  random::Program private_program;

 private:
  void access(std::uint32_t address, unsigned bytes, bool store, std::uint8_t data);
  void private_access();
  void private_loop();
  [[nodiscard]] random::Piece compressed_piece();
  void own_registers(const isa::InsnSpec& spec, isa::Operands& operands);

  unsigned core_;
  Rng rng_;
  random::Builder builder_;
  random::Builder private_builder_;
  random::Registers taken_ = 0;
};

}  // namespace freebits::random_cluster
