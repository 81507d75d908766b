// SPDX-License-Identifier: Apache-2.0
// Steps and constants as bytes.
#include <fmt/format.h>

#include <array>
#include <cstring>
#include <span>

#include "base/error.hpp"
#include "deploy/image/constants.hpp"
#include "deploy/image/program.hpp"
#include "deploy/kernels/kernel.hpp"
#include "freebits/network_program.h"

namespace freebits::profiler {
namespace {

using models::KernelLayer;
using models::Move;

std::uint32_t address_of(const tb::Elf& elf, const std::string& name) {
  if (const auto address = elf.symbol(name)) return *address;
  throw Error(fmt::format("the network's program has no symbol {}", name));
}

template <class T>
void append(std::vector<std::uint8_t>& bytes, const T& value) {
  const auto* begin = reinterpret_cast<const std::uint8_t*>(&value);
  bytes.insert(bytes.end(), begin, begin + sizeof value);
}

class Encoder {
 public:
  Encoder(const models::IntegerNetwork& network, const models::Plan& plan, unsigned level,
          const tb::Elf& program)
      : network_(network), plan_(plan), level_(level), program_(program) {
    std::uint32_t at = plan.step_table;
    std::size_t stream = 0;
    for (std::size_t s = 0; s < plan.steps.size(); ++s) {
      addresses_.push_back(at);
      first_stream_.push_back(stream);
      at += step_bytes(plan, s);
      stream += plan.steps[s].streams;
    }
  }

  [[nodiscard]] MemoryImage steps() const {
    MemoryImage image{plan_.step_table, {}};
    for (std::size_t s = 0; s < plan_.steps.size(); ++s) {
      append_step(image.bytes, s);
      image.bytes.resize(addresses_[s] + step_bytes(plan_, s) - plan_.step_table);
    }
    return image;
  }
  [[nodiscard]] MemoryImage header() const {
    MemoryImage image{address_of(program_, "fb_network"), {}};
    append(image.bytes, fb_network{plan_.step_table, step_bytes(plan_, 0)});
    return image;
  }

 private:
  void append_step(std::vector<std::uint8_t>& bytes, std::size_t index) const {
    const models::Step& s = plan_.steps[index];
    const bool last = index + 1 == plan_.steps.size();
    fb_step step{};
    step.transfers = static_cast<std::uint8_t>(s.moves.size() + (last ? 0 : 1));
    step.l3_transfers = static_cast<std::uint8_t>(s.streams);
    step.l3_wait = s.l3_wait;
    step.last = last;
    if (step.transfers + step.l3_transfers > FB_MOST_TRANSFERS)
      throw Error("a step of the network has too many transfers");
    if (s.layer) fill(step, s);
    append(bytes, step);
    if (!last) {
      const auto slots = address_of(program_, "fb_step_slots");
      append(bytes, fb_step_transfer{
                        slots + static_cast<std::uint32_t>((index + 1) % 2 * sizeof(fb_step_slot)),
                        addresses_[index + 1], step_bytes(plan_, index + 1), 1, 0, 0});
    }
    for (const Move& m : s.moves) append(bytes, transfer(m));
    for (std::size_t i = 0; i < s.streams; ++i) {
      const models::Stream& stream = plan_.streams[first_stream_[index] + i];
      append(bytes, fb_step_transfer{stream.l2, stream.l3, stream.bytes, 1, 0, 0});
    }
  }

  [[nodiscard]] fb_step_transfer transfer(const Move& m) const {
    const auto stride = static_cast<std::int32_t>(m.stride);
    const auto row = static_cast<std::int32_t>(m.bytes);
    if (m.kind == Move::Kind::LoadConstants) {
      const models::Constants& c = plan_.constants[m.what];
      return {m.l1, c.where == models::Constants::Where::Direct ? c.l3 : c.l2, m.bytes, 1, 0, 0};
    }
    const std::uint32_t outside = plan_.tensors[m.what].address + m.offset;
    if (m.kind == Move::Kind::Load) return {m.l1, outside, m.bytes, m.rows, row, stride};
    return {outside, m.l1, m.bytes, m.rows, stride, row};
  }

  void fill(fb_step& step, const models::Step& s) const {
    const KernelLayer& l = plan_.layers[*s.layer];
    const models::Kernel& kernel = models::kernel(l.kind);
    step.kernel = address_of(program_, kernel.symbol(l));
    const models::KernelOperands operands = {
        .input = s.input,
        .second = s.second,
        .requantization = s.constants,
        .weights = s.constants + constant_bytes(l, s.tile.channels).requantization,
        .output = s.output,
        .scratch = s.scratch,
        .scratch_bytes = plan_.tilings[*s.layer].scratch_bytes};
    kernel.fill(step.operands, operands, l, s.tile, network_.layers[*s.layer].op, level_);
  }

  const models::IntegerNetwork& network_;
  const models::Plan& plan_;
  unsigned level_;
  const tb::Elf& program_;
  std::vector<std::uint32_t> addresses_;   ///< of the steps
  std::vector<std::size_t> first_stream_;  ///< of the steps
};

}  // namespace

std::vector<MemoryImage> step_images(const models::IntegerNetwork& network,
                                     const models::Plan& plan, const models::Machine& machine,
                                     const tb::Elf& program) {
  const Encoder encoder(network, plan, machine.level, program);
  return {encoder.header(), encoder.steps()};
}

std::vector<MemoryImage> network_images(const models::IntegerNetwork& network,
                                        const models::Plan& plan, const models::Machine& machine,
                                        const tb::Elf& program) {
  std::vector<MemoryImage> images = step_images(network, plan, machine, program);
  ConstantsPacker packer(network, plan, static_cast<isa::Level>(machine.level));
  for (const models::Constants& c : plan.constants) {
    const bool resident = c.where == models::Constants::Where::Resident;
    images.push_back({resident ? c.l2 : c.l3, packer.bytes(c)});
  }
  return images;
}

}  // namespace freebits::profiler
