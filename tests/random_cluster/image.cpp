// SPDX-License-Identifier: Apache-2.0
#include "image.hpp"

#include <fmt/format.h>

#include <map>

#include "tb/isa/disassemble.hpp"
#include "tb/isa/hart.hpp"
#include "weave.hpp"

namespace freebits::random_cluster {
namespace {

constexpr std::int32_t kMhartid = 0xf14;
constexpr std::int32_t kMstatus = 0x300;
constexpr std::int32_t kMie = 0x304;
constexpr std::int32_t kMtvec = 0x305;
constexpr std::int32_t kMieBit = 8;
constexpr std::uint32_t kDigestFactor = 33;

constexpr std::array<Ingredient, kKindNames.size()> kIngredients = {
    weave_phase,  weave_private,   weave_jumps, weave_sharing,   weave_racing, weave_lock,
    weave_mutex,  weave_barrier,   weave_event, weave_interrupt, weave_timer,  weave_dma,
    weave_l3_dma, weave_functions, weave_patch, weave_foreign,   weave_streams};

std::vector<std::uint8_t> bytes_of(const random::Program& program, std::uint32_t base) {
  std::vector<std::uint8_t> bytes;
  for (const random::Image::Line& line : random::assemble(program, base).lines) {
    for (unsigned i = 0; i < line.length; ++i) {
      bytes.push_back(static_cast<std::uint8_t>(line.word >> (8 * i)));
    }
  }
  return bytes;
}

void append(std::vector<std::uint8_t>& bytes, std::uint32_t word) {
  for (unsigned i = 0; i < 4; ++i) bytes.push_back(static_cast<std::uint8_t>(word >> (8 * i)));
}

/// The first instructions of all cores: each jumps to its own code.
random::Program boot() {
  CoreCode code(isa::Level::Rv32imc, 0);
  code.op("csrrs", {.rd = 5, .imm = kMhartid});
  code.li(6, kCodeBytes);
  code.op("mul", {.rd = 5, .rs1 = 5, .rs2 = 6});
  code.li(6, kCode);
  code.op("add", {.rd = 5, .rs1 = 5, .rs2 = 6});
  code.op("jalr", {.rs1 = 5});
  return code.program;
}

/// Counts, withdraws the request and makes sure that it is gone before it returns.
random::Program handler() {
  CoreCode code(isa::Level::Rv32imc, 0);
  code.li(kHandlerScratch, 1U << kInterruptEvent);
  code.store_word(kHandlerScratch, kEventUnit, n::EuClear);
  code.op("addi", {.rd = kInterrupts, .rs1 = kInterrupts, .imm = 1});
  code.load_word(kHandlerScratch, kEventUnit, n::EuStatus);
  code.op("mret");
  return code.program;
}

/// Computes in scratch registers, all over its lines.
random::Program function(const Plan& plan, unsigned index) {
  CoreCode code(plan.level, index);
  code.start("function", plan.seed ^ plan.index ^ 0x5fu);
  for (;;) {
    const std::uint32_t dice = code.rng().below(8);
    if (dice == 0) {
      code.to(code.next_label(), "jal");
      for (std::uint32_t skip = code.rng().below(8); skip > 0; --skip) code.op("addi");
      (void)code.label("on");
    } else if (dice == 1) {
      const auto reg = code.take();
      code.to(code.next_label(), code.rng().chance(50) ? "beq" : "bltu", {.rs1 = reg, .rs2 = 5});
      code.clutter();
      (void)code.label("or not");
      code.release({reg});
    } else {
      code.clutter();
    }
    if (random::size_bound(code.program) > kFunctionBytes - 200) break;
  }
  code.op("jalr", {.rs1 = kLink});
  return code.program;
}

void prologue(Weave& w, CoreCode& code) {
  code.start("prologue", w.plan.seed);
  code.li(kEventUnit, n::EventUnitBase);
  code.op("addi", {.rd = kInterrupts});
  code.li(kPrivateBase, code.private_area() + kPrivateAnchor);
  const std::uint8_t value = code.take();
  code.li(value, kHandler);
  code.op("csrrw", {.rs1 = value, .imm = kMtvec});
  code.li(value, 1U << n::EventIrq);
  code.op("csrrw", {.rs1 = value, .imm = kMie});
  code.li(value, 1U << kInterruptEvent);
  code.store_word(value, kEventUnit, n::EuIrqMask);
  code.op("csrrsi", {.imm = kMstatus, .imm2 = kMieBit});
  for (const std::uint8_t reg : kPrivateRegisters) {
    const auto low = code.rng().between(-2048, 2047);
    const auto high = code.rng().between(0, 0xfffff);
    code.add_private(random::insn(random::row("lui"), {.rd = reg, .imm = high}));
    code.add_private(random::insn(random::row("addi"), {.rd = reg, .rs1 = reg, .imm = low}));
  }
}

void save_registers(CoreCode& code) {
  code.start("save", 0);
  std::int32_t at = kSaved - kPrivateAnchor;
  for (const std::uint8_t reg : kPrivateRegisters) {
    code.add_private(random::insn(random::row("sw"), {.rs1 = kPrivateBase, .rs2 = reg, .imm = at}));
    at += 4;
  }
}

/// What the private program leaves: executed alone by the reference model.
void expect_private(Weave& w, CoreCode& code) {
  std::vector<std::uint8_t> text = bytes_of(code.private_program, kCode);
  const std::uint32_t end = random::assemble(code.private_program, kCode).end;
  text.resize((text.size() + 3) & ~std::size_t{3});
  std::vector<std::uint8_t> data(kPrivateBytes);
  for (std::uint32_t i = 0; i < kPrivateBytes; ++i) {
    data[i] = w.memories.expected(code.private_area() + i);
  }
  isa::Memory memory;
  memory.add_window({kCode, static_cast<std::uint32_t>(text.size()), text.data(), false});
  memory.add_window({code.private_area(), kPrivateBytes, data.data()});
  isa::Hart hart(memory, w.plan.level, code.core(), kCode);
  hart.set_reg(kPrivateBase, code.private_area() + kPrivateAnchor);
  for (unsigned steps = 0; hart.pc() != end; ++steps) {
    if (hart.step().trap || steps > 100'000) throw std::logic_error("private work went astray");
  }
  for (std::uint32_t i = 0; i < kPrivateBytes; ++i) {
    w.memories.expect(code.private_area() + i, data[i]);
  }
}

/// failure |= (register != value)
void check_value(CoreCode& code, std::uint8_t failure, std::uint8_t reg, std::uint32_t value) {
  const std::uint8_t wanted = code.take();
  code.li(wanted, value);
  code.op("xor", {.rd = wanted, .rs1 = wanted, .rs2 = reg});
  code.op("or", {.rd = failure, .rs1 = failure, .rs2 = wanted});
  code.release({wanted});
}

void check_private(Weave& w, CoreCode& code, std::uint8_t failure) {
  std::uint32_t digest = 0;
  for (std::uint32_t i = 0; i < kPrivateBytes; i += 4) {
    std::uint32_t word = 0;
    for (unsigned b = 0; b < 4; ++b) {
      word |= std::uint32_t{w.memories.expected(code.private_area() + i + b)} << (8 * b);
    }
    digest = digest * kDigestFactor ^ word;
  }
  const std::uint8_t base = code.take();
  const std::uint8_t word = code.take();
  const std::uint8_t sum = code.take();
  const std::uint8_t factor = code.take();
  code.li(base, code.private_area());
  code.li(factor, kDigestFactor);
  code.op("addi", {.rd = sum});
  const CoreCode::Loop loop = code.open_loop(kPrivateBytes / 4);
  code.load_word(word, base, 0);
  code.op("mul", {.rd = sum, .rs1 = sum, .rs2 = factor});
  code.op("addi", {.rd = base, .rs1 = base, .imm = 4});
  code.op("xor", {.rd = sum, .rs1 = sum, .rs2 = word});
  code.close_loop(loop);
  check_value(code, failure, sum, digest);
  check_value(code, failure, kInterrupts, w.interrupts[code.core()]);
  code.release({base, word, sum, factor});
}

void check_counters(Weave& w, CoreCode& code, std::uint8_t failure) {
  const std::uint8_t base = code.take();
  const std::uint8_t value = code.take();
  code.li(base, kLocks);
  for (unsigned i = 0; i < kNumLocks; ++i) {
    code.load_word(value, base, kCounters - kLocks + 4 * i);
    check_value(code, failure, value, w.locked[i]);
  }
  for (unsigned i = 0; i < n::NumMutexes; ++i) {
    code.load_word(value, base, kMutexCounters - kLocks + 4 * i);
    check_value(code, failure, value, w.mutexed[i]);
    code.wait(value, n::EuMutex + 8 * i + n::EuMutexLock);  // the last message
    check_value(code, failure, value, w.mutexed[i]);
  }
  code.release({base, value});
}

/// Each core checks what is its own, core 0 the counters; then core 0 says how it went.
void epilogue(Weave& w) {
  w.each(w.all(), [&](CoreCode& code) {
    save_registers(code);
    expect_private(w, code);
  });
  w.settle_interrupts();
  w.barrier(0);
  w.each(w.all(), [&](CoreCode& code) {
    code.start("check", 0);
    const std::uint8_t failure = code.take();
    const std::uint8_t base = code.take();
    const std::uint8_t before = code.take();
    code.op("addi", {.rd = failure});
    check_private(w, code, failure);
    if (code.core() == 0) check_counters(w, code, failure);
    code.li(base, kFailures + 4 * code.core());
    code.load_word(before, base, 0);
    code.op("or", {.rd = failure, .rs1 = failure, .rs2 = before});
    code.store_word(failure, base, 0);
    w.memories.expect_word(kFailures + 4 * code.core(), 0);
  });
  w.barrier(0);
  w.each(w.all(), [&](CoreCode& code) {
    code.start("end", 0);
    if (code.core() == 0) {
      const std::uint8_t base = code.take();
      const std::uint8_t failure = code.take();
      const std::uint8_t all = code.take();
      code.li(base, kFailures);
      code.op("addi", {.rd = all});
      for (unsigned i = 0; i < w.plan.cores; ++i) {
        code.load_word(failure, base, 4 * i);
        code.op("or", {.rd = all, .rs1 = all, .rs2 = failure});
      }
      code.op("sltu", {.rd = all, .rs1 = 0, .rs2 = all});
      code.op("slli", {.rd = all, .rs1 = all, .imm = 1});
      code.op("ori", {.rd = all, .rs1 = all, .imm = 1});
      code.li(base, kToHost);
      code.store_word(all, base, 0);
      code.store_word(0, base, 4);
    }
    const std::uint32_t sleep = code.label("sleep");
    code.op("wfi");
    code.to(sleep, "jal");
  });
}

void add_code(tb::Elf& elf, const random::Program& program, std::uint32_t base,
              std::uint32_t room) {
  std::vector<std::uint8_t> bytes = bytes_of(program, base);
  if (bytes.size() > room) throw std::logic_error("a program larger than its place");
  const auto size = static_cast<std::uint32_t>(bytes.size());
  elf.segments.push_back({base, size, std::move(bytes)});
}

void add_patches(tb::Elf& elf, std::uint32_t base, unsigned count) {
  std::vector<std::uint8_t> bytes;
  for (unsigned i = 0; i < count; ++i) {
    append(bytes, isa::encode(random::row("addi"), {}));
    append(bytes, isa::encode(random::row("jalr"), {.rs1 = kLink}));
    bytes.resize((i + 1) * kPatchBytes);
  }
  elf.segments.push_back({base, static_cast<std::uint32_t>(bytes.size()), std::move(bytes)});
}

}  // namespace

Image make_image(const Plan& plan) {
  Weave w(plan);
  w.each(w.all(), [&](CoreCode& code) { prologue(w, code); });
  weave_phase(w, {.kind = Kind::Phase, .seed = plan.seed + plan.index});
  for (const Step& step : plan.steps) kIngredients[static_cast<std::size_t>(step.kind)](w, step);
  epilogue(w);

  Image image;
  image.elf.path = "random";
  image.elf.entry = kBoot;
  image.elf.symbols = {{"tohost", kToHost}};
  for (const Area& area : w.memories.areas()) {
    image.elf.segments.push_back({area.base, kDataBytes, area.initial});
  }
  image.elf.segments.push_back({kToHost, 64, {}});
  add_code(image.elf, boot(), kBoot, kHandler - kBoot);
  add_code(image.elf, handler(), kHandler, kFunctions - kHandler);
  for (unsigned i = 0; i < kNumFunctions; ++i) {
    add_code(image.elf, function(plan, i), kFunctions + i * kFunctionBytes, kFunctionBytes);
  }
  add_patches(image.elf, kPatches, kMaxCores);
  add_patches(image.elf, kForeignPatches, kMaxSlots);
  for (const auto& code : w.cores) {
    add_code(image.elf, code->program, kCode + code->core() * kCodeBytes, kCodeBytes);
    image.programs.push_back(std::move(code->program));
  }
  image.memories = std::move(w.memories);
  return image;
}

std::optional<std::string> judge(const Image& image, const tb::Cluster& cluster) {
  std::string text;
  unsigned shown = 0;
  for (const Area& area : image.memories.areas()) {
    std::vector<std::uint8_t> got(area.expected.size());
    if (!cluster.read(area.base, got)) return "memory cannot be read\n";
    for (std::uint32_t i = 0; i < got.size() && shown < 12; ++i) {
      if (!area.judged[i] || got[i] == area.expected[i]) continue;
      text += fmt::format("  byte [{:08x}] is {:02x}, expected {:02x}\n", area.base + i, got[i],
                          area.expected[i]);
      ++shown;
    }
  }
  if (text.empty()) return std::nullopt;
  return "memory is not as expected at the end:\n" + text;
}

std::string listing(const Image& image, unsigned core) {
  const std::uint32_t base = kCode + core * kCodeBytes;
  std::string text;
  for (const random::Image::Line& line : random::assemble(image.programs[core], base).lines) {
    if (*line.kind != '\0') text += fmt::format("# {}\n", line.kind);
    text += fmt::format("  {:08x}: {:08x}  {}\n", line.address, line.word,
                        isa::disassemble(line.word, line.address));
  }
  return text;
}

}  // namespace freebits::random_cluster
