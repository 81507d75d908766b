// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "profiler/table/latency_table.hpp"
#include "search/methods/gates.hpp"

namespace freebits::search {

/// What a network costs in expectation, its widths drawn with the odds of its gates. Added to the
/// loss, it closes gates.
class Price {
 public:
  virtual ~Price() = default;
  /// For checkpoints and reports: "bop", "latency:mixed".
  [[nodiscard]] virtual std::string name() const = 0;
  /// Of a network; `gradient`, of the same sizes, gets the derivatives by every probability.
  virtual double value(const NetworkOdds& odds, NetworkOdds& gradient) const = 0;
  /// Of a configuration.
  [[nodiscard]] double of(const models::BitWidths& widths) const;
};

/// Operations times bits, a layer's in units of the largest layer's multiply-accumulates. Pools and
/// additions cost nothing, and so do tensors that only they read.
class BopPrice : public Price {
 public:
  enum class Form : std::uint8_t {
    Sum,  ///< 2 + 4 · p4 + 8 · p4 · p8 of the weights plus the same of the input (the authors')
    Joint,  ///< E[input bits · weight bits]: of a configuration, its BOPs
  };
  explicit BopPrice(const models::Graph& graph, Form form = Form::Sum);
  [[nodiscard]] std::string name() const override;
  double value(const NetworkOdds& odds, NetworkOdds& gradient) const override;

 private:
  struct Layer {
    std::size_t index;
    models::TensorId input;
    double macs;
  };
  Form form_;
  double most_ = 1;  ///< multiply-accumulates of the largest layer
  std::vector<Layer> layers_;
};

/// Expected latency: the sum of all layers', in units of the slowest layer of the 8-bit network.
class LatencyPrice : public Price {
 public:
  /// Copies what it needs. Throws Error, naming layer and widths, for a table that lacks one of
  /// profiler::layer_choices().
  LatencyPrice(const models::Graph& graph, const profiler::LatencyTable& table);
  [[nodiscard]] std::string name() const override { return "latency:" + target_; }
  double value(const NetworkOdds& odds, NetworkOdds& gradient) const override;
  /// Of a price of 1.
  [[nodiscard]] double cycles() const { return cycles_; }

 private:
  /// One width of one tensor or weight.
  struct Factor {
    bool of_weights;
    std::size_t index;   ///< layer or tensor
    std::size_t choice;  ///< in kBitWidths
  };
  struct Term {
    double latency;
    std::vector<Factor> factors;
  };
  std::string target_;
  double cycles_ = 1;
  std::vector<Term> terms_;
};

}  // namespace freebits::search
