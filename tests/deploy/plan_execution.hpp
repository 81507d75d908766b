// SPDX-License-Identifier: Apache-2.0
// Executes a plan with tags in place of data: a byte of memory holds what it is (which tensor's or
// constants' which byte), so that a kernel that would read anything but its operands is found, and
// so is a transfer beside a kernel that touches what the kernel uses.
#pragma once

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <vector>

#include "deploy/plan/plan.hpp"
#include "freebits/kernel_layout.h"

namespace freebits::test {

class PlanExecution {
 public:
  enum class Streams { Eager, Lazy };  ///< arrive at once, or at the last moment

  PlanExecution(const models::Plan& plan, const std::vector<std::vector<models::TensorId>>& inputs,
                Streams streams)
      : plan_(plan), inputs_(inputs), streams_(streams) {}

  void run() {
    const models::TensorPlace& input = plan_.tensors[0];
    fill(input.address, tensor_tags(0, 0, input.bytes));
    for (std::size_t i = 0; i < plan_.constants.size(); ++i) {
      const models::Constants& c = plan_.constants[i];
      const bool resident = c.where == models::Constants::Where::Resident;
      fill(resident ? c.l2 : c.l3, constant_tags(i));
    }
    for (step_ = 0; step_ < plan_.steps.size() && !testing::Test::HasFatalFailure(); ++step_)
      step(plan_.steps[step_]);
  }

 private:
  using Tag = std::uint64_t;
  struct Range {
    std::uint32_t begin, bytes;
    [[nodiscard]] bool meets(const Range& o) const {
      return begin < o.begin + o.bytes && o.begin < begin + bytes;
    }
  };

  static std::vector<Tag> tags(Tag of, std::uint32_t first, std::uint32_t bytes) {
    std::vector<Tag> all(bytes);
    for (std::uint32_t i = 0; i < bytes; ++i) all[i] = of << 32 | (first + i);
    return all;
  }
  static std::vector<Tag> tensor_tags(std::size_t t, std::uint32_t first, std::uint32_t bytes) {
    return tags(2 * t + 1, first, bytes);
  }
  [[nodiscard]] std::vector<Tag> constant_tags(std::size_t i) const {
    return tags(2 * i + 2, 0, plan_.constants[i].bytes);
  }

  void fill(std::uint32_t address, const std::vector<Tag>& data) {
    for (const Tag tag : data) memory_[address++] = tag;
  }
  std::vector<Tag> bytes(Range range) const {
    std::vector<Tag> data(range.bytes);
    for (std::uint32_t i = 0; i < range.bytes; ++i) {
      const auto at = memory_.find(range.begin + i);
      data[i] = at == memory_.end() ? 0 : at->second;
    }
    return data;
  }

  void step(const models::Step& s) {
    ASSERT_LE(s.l3_wait, begun_) << where();
    while (arrived_ < s.l3_wait) arrive();
    for (models::TensorId t = 1; t < plan_.tensors.size(); ++t) {
      const models::TensorPlace& place = plan_.tensors[t];
      if (place.complete != step_) continue;
      ASSERT_EQ(bytes({place.address, place.bytes}), tensor_tags(t, 0, place.bytes)) << where();
    }
    std::vector<Range> used, written;  // by the kernel
    if (s.layer) kernel(s, used, written);
    for (const models::Move& m : s.moves) move(m, used, written);
    begun_ += s.streams;
    while (streams_ == Streams::Eager && arrived_ < begun_) arrive();
    // What the kernel makes is there at its end.
    if (s.layer) output(s);
  }

  void arrive() {
    const models::Stream& stream = plan_.streams.at(arrived_++);
    fill(stream.l2, bytes({stream.l3, stream.bytes}));
  }

  void move(const models::Move& m, const std::vector<Range>& used,
            const std::vector<Range>& written) {
    const Range l1{m.l1, m.bytes * m.rows};
    std::uint32_t outside = 0;
    if (m.kind == models::Move::Kind::LoadConstants) {
      const models::Constants& c = plan_.constants[m.what];
      outside = c.where == models::Constants::Where::Direct ? c.l3 : c.l2;
    } else {
      outside = plan_.tensors[m.what].address + m.offset;
    }
    const bool store = m.kind == models::Move::Kind::Store;
    const auto meets = [&](const Range& r) { return r.meets(l1); };
    EXPECT_FALSE(std::ranges::any_of(written, meets)) << where() << ": of the kernel's output";
    EXPECT_FALSE(!store && std::ranges::any_of(used, meets)) << where() << ": over operands";
    for (std::uint32_t row = 0; row < m.rows; ++row) {
      const Range inside{m.l1 + row * m.bytes, m.bytes}, away{outside + row * m.stride, m.bytes};
      fill(store ? away.begin : inside.begin, bytes(store ? inside : away));
    }
  }

  /// Tags of pixels first … of a tensor, some bytes of each.
  [[nodiscard]] static std::vector<Tag> piece(std::size_t tensor, std::uint32_t first,
                                              std::uint32_t pixels, std::uint32_t stride,
                                              std::uint32_t byte, std::uint32_t count) {
    std::vector<Tag> all;
    for (std::uint32_t p = first; p < first + pixels; ++p) {
      const std::vector<Tag> pixel = tensor_tags(tensor, p * stride + byte, count);
      all.insert(all.end(), pixel.begin(), pixel.end());
    }
    return all;
  }

  [[nodiscard]] std::vector<Tag> input_tags(const models::Step& s, std::size_t operand) const {
    const models::KernelLayer& l = plan_.layers[*s.layer];
    const unsigned width = models::bits(operand == 0 ? l.in_type : l.second_type);
    const models::InputRows rows = input_rows(l, s.tile);
    const std::uint32_t stride = fb_pixel_bytes(l.in.channels, width);
    const bool part = l.splits_input_channels();
    return piece(inputs_[*s.layer][operand], rows.y * l.in.width, rows.rows * l.in.width, stride,
                 part ? s.tile.c * width / 8 : 0,
                 part ? fb_pixel_bytes(s.tile.channels, width) : stride);
  }

  void kernel(const models::Step& s, std::vector<Range>& used, std::vector<Range>& written) {
    const models::KernelLayer& l = plan_.layers[*s.layer];
    const auto read = [&](std::uint32_t address, const std::vector<Tag>& expected) {
      used.push_back({address, static_cast<std::uint32_t>(expected.size())});
      ASSERT_EQ(bytes(used.back()), expected) << where();
    };
    read(s.input, input_tags(s, 0));
    if (l.inputs() == 2) read(s.second, input_tags(s, 1));
    const auto constants = std::ranges::find_if(plan_.constants, [&](const models::Constants& c) {
      return c.layer == *s.layer && c.c == s.tile.c;
    });
    if (constants != plan_.constants.end()) {
      read(s.constants,
           constant_tags(static_cast<std::size_t>(constants - plan_.constants.begin())));
    }
    written.push_back({s.output, static_cast<std::uint32_t>(output_tags(s).size())});
    written.push_back({s.scratch, scratch_bytes(s)});
    for (const Range& w : written) {
      for (const Range& r : used) ASSERT_FALSE(w.meets(r)) << where();
    }
    ASSERT_FALSE(written[0].meets(written[1])) << where();
  }
  [[nodiscard]] std::uint32_t scratch_bytes(const models::Step& s) const {
    return cores * plan_.tilings[*s.layer].scratch_bytes;
  }
  [[nodiscard]] std::vector<Tag> output_tags(const models::Step& s) const {
    const models::KernelLayer& l = plan_.layers[*s.layer];
    const unsigned width = models::bits(l.out_type);
    return piece(*s.layer + 1, s.tile.y * l.out.width, s.tile.rows * l.out.width,
                 fb_pixel_bytes(l.out.channels, width), s.tile.c * width / 8,
                 fb_pixel_bytes(s.tile.channels, width));
  }
  void output(const models::Step& s) {
    fill(s.scratch, std::vector<Tag>(scratch_bytes(s)));
    fill(s.output, output_tags(s));
  }

  [[nodiscard]] std::string where() const {
    const auto layer = plan_.steps[step_].layer;
    return "step " + std::to_string(step_) +
           (layer ? " of layer " + plan_.layers[*layer].name : "");
  }

 public:
  unsigned cores = 1;

 private:
  const models::Plan& plan_;
  const std::vector<std::vector<models::TensorId>>& inputs_;
  Streams streams_;
  std::map<std::uint32_t, Tag> memory_;
  std::size_t step_ = 0;
  std::uint32_t begun_ = 0, arrived_ = 0;  ///< streams
};

}  // namespace freebits::test
