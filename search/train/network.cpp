// SPDX-License-Identifier: Apache-2.0
#include "search/train/network.hpp"

#include "search/train/layer_ops.hpp"
#include "search/train/layer_shapes.hpp"

namespace freebits::search {
namespace {

/// Writes the layers of a graph onto a tape.
class Recorder {
 public:
  Recorder(Tape& tape, const models::Graph& graph, Parameters& parameters,
           const NetworkOptions& options)
      : tape_(&tape),
        parameters_(&parameters),
        options_(&options),
        shapes_(models::shapes(graph)),
        is_signed_(models::signed_tensors(graph)) {}

  Var layer(const models::Layer& l, std::size_t index, const std::vector<Var>& values) {
    Var y = record({*tape_, l, values[l.inputs.front()], values[l.inputs.back()],
                    [&] { return weights(l, index); }});
    if (l.batch_norm) {
      y = batch_norm(*tape_, y,
                     {.gamma = &at(l, ".gamma"),
                      .beta = &at(l, ".beta"),
                      .mean = &at(l, ".mean"),
                      .variance = &at(l, ".variance"),
                      .momentum = options_->statistics_share,
                      .batch_statistics = !options_->freeze_batch_norm});
    } else if (models::has_weights(l.kind)) {
      y = bias(*tape_, y, at(l, ".bias"));
    }
    // A quantizer clips at its threshold, which takes the place of the six.
    const bool clips_at_six =
        l.activation == models::Activation::Relu6 && options_->quantization == nullptr;
    if (l.activation != models::Activation::None)
      y = clips_at_six ? relu6(*tape_, y) : relu(*tape_, y);
    if (options_->quantization == nullptr || models::keeps_precision(l.kind)) return y;
    return quantize(y, l, ".threshold", ".gates",
                    options_->quantization->widths.activations[index + 1], is_signed_[index + 1],
                    true);
  }

 private:
  Parameter& at(const models::Layer& l, const char* what) { return parameters_->at(l.name + what); }

  Var weights(const models::Layer& l, std::size_t index) {
    const LayerShape shape = layer_shape(l, shapes_[l.inputs[0]]);
    const Var w = tape_->parameter(at(l, ".weight"), shape.rows, shape.channels);
    if (options_->quantization == nullptr) return w;
    return quantize(w, l, ".weight_threshold", ".weight_gates",
                    options_->quantization->widths.weights[index], true, false);
  }

  Var quantize(Var x, const models::Layer& l, const char* threshold, const char* gates,
               unsigned bits, bool is_signed, bool activation) {
    const Quantization& q = *options_->quantization;
    if (!q.gated) {
      return fake_quantize(
          *tape_, x,
          UniformQuantizer{{.bits = bits, .is_signed = is_signed}, q.rule, &at(l, threshold)});
    }
    // The authors' form draws the gates of activations for each image.
    const bool independent = *q.gated == GatedForm::Independent;
    const GatedQuantizer gated{.form = *q.gated,
                               .is_signed = is_signed,
                               .threshold = &at(l, threshold),
                               .gates = &at(l, gates),
                               .shape = gate_shape(*q.gated),
                               .per_image = activation && independent,
                               .seed = q.seed * 2 * (shapes_.size() + 1) + 2 * drawn_ + 1};
    ++drawn_;
    return fake_quantize(*tape_, x, gated);
  }

  Tape* tape_;
  Parameters* parameters_;
  const NetworkOptions* options_;
  std::vector<models::Shape> shapes_;
  std::vector<bool> is_signed_;
  std::uint64_t drawn_ = 0;  ///< gated quantizers so far: each has random numbers of its own
};

}  // namespace

Network::Network(Threads& threads, Mode mode, const models::Graph& graph, Parameters& parameters,
                 const NetworkOptions& options)
    : tape_(threads, mode) {
  Recorder recorder(tape_, graph, parameters, options);
  values_.push_back(tape_.input(
      "input", {options.images, graph.input.height, graph.input.width, graph.input.channels}));
  for (std::size_t i = 0; i < graph.layers.size(); ++i)
    values_.push_back(recorder.layer(graph.layers[i], i, values_));
  loss_ = &cross_entropy(tape_, logits(), options.label_smoothing);
  tape_.compile();
}

}  // namespace freebits::search
