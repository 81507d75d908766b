// SPDX-License-Identifier: Apache-2.0
#include "search/autograd/tape.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/error.hpp"
#include "search/autograd/memory_plan.hpp"
#include "search/autograd/op.hpp"

namespace freebits::search {
namespace {

bool all_finite(std::span<const float> values) {
  // 0 times anything finite is 0; a sum of them is not a number as soon as one is not finite.
  float sum = 0;
  for (const float value : values) sum += value * 0.0F;
  return sum == 0.0F;
}

}  // namespace

std::string BatchShape::text() const {
  return fmt::format("{}x{}x{}x{}", images, height, width, channels);
}
Var::Var(Node& node) : node_(&node), stage_(node.stage) {}

void Var::expect_current(const std::string& reader) const {
  if (stage_ == node_->stage) return;
  throw Error(
      fmt::format("[{}] received {} as it was before its batch norm, bias, clip or quantizer, "
                  "expected what the last of these returned",
                  reader, node_->name));
}

const BatchShape& Var::shape() const { return node_->shape; }
const std::string& Var::name() const { return node_->name; }

Tape::Tape(Threads& threads, Mode mode) : threads_(&threads), mode_(mode) {}
Tape::~Tape() = default;

Var Tape::input(std::string name, BatchShape shape, bool gradient) {
  Node& node = *nodes_.emplace_back(std::make_unique<Node>());
  node.name = std::move(name);
  node.shape = shape;
  node.is_leaf = true;
  node.wants_gradient = gradient;
  return Var(node);
}

Var Tape::parameter(Parameter& parameter, std::size_t rows, std::size_t channels) {
  if (parameter.value.size() != rows * channels) {
    throw Error(fmt::format("{}: {} values, expected {} x {}", parameter.name,
                            parameter.value.size(), rows, channels));
  }
  for (const auto& node : nodes_) {
    if (node->raw == parameter.value.data())
      throw Error(
          fmt::format("{}: on the tape already, expected once: its value can have several readers",
                      parameter.name));
  }
  Var var = input(parameter.name,
                  {1, 1, static_cast<unsigned>(rows), static_cast<unsigned>(channels)}, true);
  var.node().raw = parameter.value.data();
  var.node().gradient = parameter.gradient.data();
  var.node().owns_gradient = false;
  return var;
}

Node& Tape::make(std::string name, BatchShape shape, std::span<const Var> inputs) {
  Node& node = *nodes_.emplace_back(std::make_unique<Node>());
  node.name = std::move(name);
  node.shape = shape;
  for (const Var input : inputs) {
    input.expect_current(node.name);
    node.wants_gradient |= input.node().wants_gradient;
  }
  return node;
}

void Tape::append(std::unique_ptr<Op> op) {
  if (compiled_) throw std::logic_error("a compiled tape takes no more ops");
  for (Node* const input : op->inputs) {
    ++input->consumers;
    input->last_op = ops_.size();
  }
  if (op->output != nullptr) op->output->first_op = op->output->last_op = ops_.size();
  ops_.push_back(std::move(op));
}

void Tape::compile() {
  for (const auto& each : nodes_) {
    Node& node = *each;
    try {
      node.epilogue.configure(node.shape, threads_->count(), training());
    } catch (const Error& error) {
      throw Error(fmt::format("{}: {}", node.name, error.what()));
    }
  }
  plan();
  std::size_t most = 0;
  for (const auto& op : ops_) most = std::max(most, op->scratch());
  for (unsigned i = 0; i < threads_->count(); ++i) scratch_.emplace_back(most);
  compiled_ = true;
}

/// Op i runs forward at time i and backward at time 2 · ops - 1 - i.
void Tape::plan() {
  const std::size_t end = 2 * ops_.size();
  const auto backward_time = [&](std::size_t op) { return end - 1 - op; };
  std::vector<Placement> placements;
  for (const auto& each : nodes_) {
    Node& node = *each;
    // A value that no op reads, the output of the network, stays for read().
    const bool is_result = node.consumers == 0;
    if (!node.is_leaf) {
      const std::size_t last = training()  ? backward_time(node.first_op)
                               : is_result ? end
                                           : node.last_op;
      placements.push_back({node.shape.size(), node.first_op, last, &node.raw});
    }
    if (training() && node.wants_gradient && node.owns_gradient) {
      const std::size_t first = is_result ? ops_.size() : backward_time(node.last_op);
      const std::size_t last = node.is_leaf ? end : backward_time(node.first_op);
      placements.push_back({node.shape.size(), first, last, &node.gradient});
    }
  }
  const std::vector<std::size_t> offsets = place(placements);
  std::size_t total = 0;
  for (std::size_t i = 0; i < offsets.size(); ++i)
    total = std::max(total, offsets[i] + placements[i].floats);
  memory_ = Buffer(total);
  for (std::size_t i = 0; i < offsets.size(); ++i)
    *placements[i].memory = memory_.data() + offsets[i];
}

void Tape::feed(Var input, std::span<const float> values) {
  if (values.size() != input.shape().size()) {
    throw Error(fmt::format("{}: {} values, expected {} for {}", input.name(), values.size(),
                            input.shape().size(), input.shape().text()));
  }
  // Leaves are read only.
  input.node().raw =
      const_cast<float*>(values.data());  // NOLINT(cppcoreguidelines-pro-type-const-cast)
}

void Tape::forward(std::uint64_t step, StopToken stop) {
  if (!compiled_) throw std::logic_error("a tape runs after compile()");
  for (const auto& node : nodes_) node->epilogue.begin(step);
  const Execution e{threads_, scratch_, step, training()};
  for (const auto& op : ops_) {
    stop.check();
    op->forward(e);
    if (op->output != nullptr && op->output->epilogue.wants_statistics())
      op->output->epilogue.finish_statistics();
  }
}

void Tape::backward(StopToken stop) {
  for (const auto& node : nodes_) node->begin_gradient(false);
  run_backward(stop);
}

void Tape::backward(Var output, std::span<const float> cotangent) {
  if (!training()) throw std::logic_error("a tape that evaluates has no backward()");
  if (cotangent.size() != output.shape().size())
    throw Error(output.name() + ": a cotangent of another size");
  // The memory of its gradient is in use until the last of them sends one.
  if (output.node().consumers != 0)
    throw Error(output.name() + ": a cotangent for a value that ops read");
  for (const auto& node : nodes_) node->begin_gradient(node.get() == &output.node());
  output.node().begin_contribution();
  output.node().contribute(0, 0, output.shape().rows(), cotangent.data());
  run_backward({});
}

void Tape::run_backward(StopToken stop) {
  if (!training()) throw std::logic_error("a tape that evaluates has no backward()");
  const Execution e{threads_, scratch_, 0, true};
  for (auto op = ops_.rbegin(); op != ops_.rend(); ++op) {
    stop.check();
    Node* const output = (*op)->output;
    if (output != nullptr && !output->wants_gradient) continue;
    if (output != nullptr) output->finish_gradient();
    (*op)->backward(e);
  }
  for (const auto& node : nodes_) {
    if (node->is_leaf && node->wants_gradient) node->finish_gradient();
  }
}

void Tape::read(Var value, std::span<float> out) {
  const Node& node = value.node();
  if (out.size() != node.shape.size())
    throw Error(node.name + ": read into memory of another size");
  const float* const values = node.values(0, node.shape.rows(), out.data());
  if (values != out.data()) std::copy_n(values, out.size(), out.data());
}

std::span<const float> Tape::gradient(Var input) const {
  return {input.node().gradient, input.shape().size()};
}

void Tape::check_finite(bool after_backward) {
  if (!after_backward) return check_outputs();
  // Gradients share memory, with outputs too, so only what is left in the end can be looked at: the
  // parameters'.
  for (auto node = nodes_.rbegin(); node != nodes_.rend(); ++node) {
    const Node& n = **node;
    if (const Parameter* const p = n.wants_gradient ? n.epilogue.not_finite() : nullptr)
      throw NumericalError(fmt::format("{}: gradient is not finite", p->name));
    if (n.owns_gradient || all_finite({n.gradient, n.shape.size()})) continue;
    throw NumericalError(fmt::format("{}: gradient is not finite", n.name));
  }
}

void Tape::check_outputs() {
  const Execution e{threads_, scratch_, 0, training()};
  for (const auto& op : ops_) {
    // Evaluation uses memory again, so that only a second pass sees every output; it changes
    // nothing.
    if (!training()) op->forward(e);
    const Node* const node = op->output;
    if (node == nullptr || all_finite({node->raw, node->shape.size()})) continue;
    throw NumericalError(fmt::format("{} ({}): output is not finite", node->name, op->kind()));
  }
}

}  // namespace freebits::search
