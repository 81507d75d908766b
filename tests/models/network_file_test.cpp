// SPDX-License-Identifier: Apache-2.0
#include "models/files/network_file.hpp"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <sys/resource.h>
#include <zlib.h>

#include <nlohmann/json.hpp>

#include "errors.hpp"
#include "models/builders/builders.hpp"
#include "random_graphs.hpp"

namespace freebits::models {
namespace {

using test::error_of;
using testing::HasSubstr;
using Json = nlohmann::ordered_json;

constexpr const char* kGraph = "freebits.graph";
constexpr const char* kNetwork = "freebits.integer_network";

std::string sealed(const std::string& kind, int version, const Json& document) {
  std::string body;
  Json::to_cbor(document, body);
  const auto crc = crc32_z(0, reinterpret_cast<const Bytef*>(body.data()), body.size());
  return fmt::format("{} {} {:08x} {}\n", kind, version, crc, body.size()) + body;
}

Json document_of(const std::string& bytes) {
  return Json::from_cbor(bytes.substr(bytes.find('\n') + 1));
}

/// A file of a network with every kind of layer, and what reading it complains of once its document
/// is changed.
template <class Value>
class Changed {
 public:
  Changed(const Value& value, const char* kind) : kind_(kind) {
    if constexpr (std::is_same_v<Value, Graph>) {
      write_graph(file_, value);
    } else {
      write_integer_network(file_, value);
    }
    bytes_ = test::read(file_);
  }

  template <class Change>
  std::string document(const Change& change) {
    Json document = document_of(bytes_);
    change(document);
    return written(sealed(kind_, 1, document));
  }
  std::string written(const std::string& bytes) {
    test::write(file_, bytes);
    const std::string error = error_of([&] {
      if constexpr (std::is_same_v<Value, Graph>) {
        (void)read_graph(file_);
      } else {
        (void)read_integer_network(file_);
      }
    });
    const std::string prefix = file_.string() + ": ";
    EXPECT_TRUE(error.empty() || error.starts_with(prefix)) << error;
    return error.empty() ? "" : error.substr(prefix.size());
  }
  [[nodiscard]] const std::string& bytes() const { return bytes_; }

 private:
  test::TemporaryFolder folder_;
  std::filesystem::path file_ = folder_ / "network.fb";
  std::string kind_, bytes_;
};

Graph every_kind() {
  Graph graph = build_network("resnet8:resolution=16");
  const TensorId before = 12;  // block3.add
  graph.layers.insert(graph.layers.begin() + 12, {{.name = "depthwise",
                                                   .kind = LayerKind::Depthwise,
                                                   .inputs = {before},
                                                   .kernel_height = 3,
                                                   .kernel_width = 3,
                                                   .padding = {1, 1, 1, 1},
                                                   .batch_norm = true,
                                                   .activation = Activation::Relu6},
                                                  {.name = "max",
                                                   .kind = LayerKind::MaxPool,
                                                   .inputs = {before + 1},
                                                   .kernel_height = 2,
                                                   .kernel_width = 2,
                                                   .stride = 2}});
  graph.layers[14].inputs = {before + 2};
  graph.layers[15].inputs = {before + 3};
  return graph;
}

TEST(IntegerNetworkFile, KeepsAMaxPoolsRequantization) {
  const test::TemporaryFolder folder;
  const auto file = folder / "network.fb";
  const Graph graph = every_kind();
  IntegerNetwork network = random_network(graph, uniform(graph, 8), 1);
  auto& pool = std::get<MaxPool>(network.layers[13].op);
  pool.requantization = {.channels = {{1U << 30, 0}}, .pre = 16, .shift = 19};
  pool.out_type = IntType::U4;
  write_integer_network(file, network);
  const Tensor image = random_tensor(network.input, network.input_type, 1);
  const std::vector<Tensor> tensors = run(read_integer_network(file), image);
  EXPECT_EQ(tensors[14].type, IntType::U4);
  EXPECT_EQ(tensors, run(network, image));
}

TEST(IntegerNetworkFile, KeepsHowPicturesArePreparedAndIsWithoutAsItWas) {
  const test::TemporaryFolder folder;
  const auto file = folder / "network.fb";
  const Graph graph = build_network("resnet8:resolution=16");
  IntegerNetwork network = random_network(graph, uniform(graph, 8), 1);
  write_integer_network(file, network);
  EXPECT_FALSE(document_of(test::read(file)).contains("preparation"));
  EXPECT_FALSE(read_integer_network(file).preparation);
  network.preparation = {.scaled = {18, 20}, .crop = {16, 15}};
  write_integer_network(file, network);
  EXPECT_EQ(read_integer_network(file).preparation, network.preparation);
  network.preparation->crop.height = 17;
  EXPECT_THAT(error_of([&] { write_integer_network(file, network); }),
              HasSubstr("images cropped to 17 x 15, expected at most 16 x 16"));
}

TEST(GraphFile, ComesBackForEveryBuilderAndRandomGraphs) {
  const test::TemporaryFolder folder;
  const auto file = folder / "graph.fb";
  std::vector<Graph> graphs = {build_network("mobilenet_v1"), build_network("mobilenet_v2"),
                               build_network("ds_cnn"), every_kind()};
  test::RandomGraphs random(5);
  for (int i = 0; i < 100; ++i) graphs.push_back(random.graph());
  for (const Graph& graph : graphs) {
    write_graph(file, graph);
    const Graph back = read_graph(file);
    ASSERT_EQ(back.name, graph.name);
    ASSERT_EQ(shapes(back), shapes(graph));
    ASSERT_EQ(signed_tensors(back), signed_tensors(graph));
    const std::string bytes = test::read(file);
    write_graph(file, back);
    ASSERT_EQ(test::read(file), bytes);
    for (std::size_t i = 0; i < graph.layers.size(); ++i) {
      const Layer &a = graph.layers[i], &b = back.layers[i];
      ASSERT_EQ(a.name, b.name);
      ASSERT_EQ(a.kind, b.kind);
      ASSERT_EQ(a.inputs, b.inputs);
      ASSERT_EQ(a.activation, b.activation);
      ASSERT_EQ(a.batch_norm, b.batch_norm);
    }
  }
  EXPECT_EQ(folder.files(), 1U) << "a temporary file was left";
}

TEST(IntegerNetworkFile, ComesBackForRandomNetworks) {
  const test::TemporaryFolder folder;
  const auto file = folder / "network.fb";
  test::RandomGraphs random(6);
  for (int i = 0; i < 60; ++i) {
    const Graph graph = random.graph();
    const IntegerNetwork network = random_network(graph, random.widths(graph), 3);
    write_integer_network(file, network);
    const IntegerNetwork back = read_integer_network(file);
    ASSERT_EQ(back.name, network.name);
    const std::string bytes = test::read(file);
    write_integer_network(file, back);
    ASSERT_EQ(test::read(file), bytes);
    const Tensor input = random.random().tensor(graph.input, network.input_type);
    ASSERT_EQ(run(back, input), run(network, input));
    for (std::size_t l = 0; l < network.layers.size(); ++l)
      ASSERT_EQ(back.layers[l].name, network.layers[l].name);
  }
}

TEST(NetworkFile, EveryCutAndEveryFlippedBitIsSeen) {
  Changed<Graph> file(build_network("ds_cnn"), kGraph);
  const std::string& good = file.bytes();
  EXPECT_EQ(file.written(good), "");
  for (std::size_t size = 0; size < good.size(); size += size < 60 ? 1 : 13)
    EXPECT_NE(file.written(good.substr(0, size)), "") << "cut to " << size;
  for (std::size_t i = 0; i < good.size(); i += i < 60 ? 1 : 13) {
    std::string bad = good;
    bad[i] = static_cast<char>(bad[i] ^ (1 << i % 8));
    EXPECT_NE(file.written(bad), "") << "byte " << i;
  }
}

TEST(NetworkFile, SaysWhatAFileIsInstead) {
  Changed<Graph> file(build_network("ds_cnn"), kGraph);
  const std::string& good = file.bytes();
  EXPECT_EQ(file.written("\x7f"
                         "ELF"),
            "not a file of this program, expected one that starts with 'freebits.graph 1'");
  EXPECT_EQ(file.written(""),
            "not a file of this program, expected one that starts with 'freebits.graph 1'");
  EXPECT_EQ(file.written(sealed(kNetwork, 1, {})),
            "a freebits.integer_network, expected a freebits.graph");
  EXPECT_EQ(file.written(sealed(kGraph, 2, {})),
            "version 2 of freebits.graph, expected 1, the one this program reads");
  EXPECT_EQ(file.written("freebits.graph 1 nonsense 5\n"),
            "damaged in its first line, expected KIND VERSION CRC32 BYTES");
  EXPECT_THAT(file.written(good.substr(0, good.size() - 1)), HasSubstr("cut short: "));
  EXPECT_THAT(file.written(good + "x"), HasSubstr("damaged: "));
  std::string flipped = good;
  flipped.back() = static_cast<char>(flipped.back() ^ 1);
  EXPECT_THAT(file.written(flipped), HasSubstr("damaged: checksum "));
  EXPECT_EQ(file.written(sealed(kGraph, 1, Json::array({1}))), "[1], expected an object");
  EXPECT_THAT(error_of([] { (void)read_graph("/nowhere/net.fb"); }),
              HasSubstr("/nowhere/net.fb: cannot be opened: No such file"));
}

TEST(GraphFile, NamesWhatIsWrongInTheDocument) {
  Changed<Graph> file(every_kind(), kGraph);
  const auto layer = [&](int number, const char* key, const Json& value) {
    return file.document([&](Json& d) { d["layers"][number][key] = value; });
  };
  EXPECT_EQ(layer(1, "kind", "convv"), fmt::format("layer 2: kind: \"convv\", expected one of {}",
                                                   fmt::join(kLayerKindNames, ", ")));
  EXPECT_EQ(layer(1, "activation", "gelu"),
            "layer 2: activation: \"gelu\", expected one of none, relu, relu6");
  EXPECT_EQ(layer(1, "stride", -1), "layer 2: stride: -1, expected a whole number, 0 to 1048575");
  EXPECT_EQ(layer(1, "stride", 0.5), "layer 2: stride: 0.5, expected a whole number, 0 to 1048575");
  EXPECT_EQ(layer(1, "padding", {1, 1}), "layer 2: padding: 2 numbers, expected 4");
  EXPECT_EQ(layer(1, "kernel", {1, 5000}),
            "layer 2: kernel: 5000, expected whole numbers, 0 to 4095");
  EXPECT_EQ(layer(1, "batch_norm", 1), "layer 2: batch_norm: 1, expected true or false");
  EXPECT_EQ(layer(1, "inputs", 1), "layer 2: inputs: 1, expected a list");
  EXPECT_EQ(layer(1, "dilation", 2),
            "layer 2: unknown key \"dilation\"; the nearest is \"activation\"");
  EXPECT_THAT(layer(1, "inputs", {7}), HasSubstr("layer block1.conv1 (conv): input is tensor 7"));
  EXPECT_EQ(file.document([](Json& d) { d.erase("input"); }),
            "key \"input\" is missing; the nearest is \"layers\"");
  EXPECT_THAT(file.document([](Json& d) { d["layers"].clear(); }),
              HasSubstr("expected an input and at least one layer"));
}

TEST(NetworkFile, NestsAHundredDeepAndNoDeeper) {
  Changed<Graph> file(build_network("ds_cnn"), kGraph);
  const auto nested = [](unsigned depth) {
    Json value = 1;
    for (unsigned i = 0; i < depth; ++i) value = Json::array({std::move(value)});
    return sealed(kGraph, 1, value);
  };
  EXPECT_THAT(file.written(nested(100)), HasSubstr("expected an object"));
  EXPECT_THAT(file.written(nested(101)), HasSubstr("nested deeper than 100"));
}

/// Names that a terminal would obey, or that are no text.
const std::vector<std::string> kBadNames = {"",         "a\nb", "\x1b[31m",
                                            "\xc2\x9b", "\xff", std::string(256, 'a')};

TEST(NetworkFile, RefusesNamesThatATerminalWouldObey) {
  Changed<Graph> graph(every_kind(), kGraph);
  Changed<IntegerNetwork> network(random_network(every_kind(), uniform(every_kind(), 8), 1),
                                  kNetwork);
  const std::string expected = "expected 1 to 255 bytes of UTF-8 without control characters";
  for (const std::string& name : kBadNames) {
    const auto rename_layer = [&](Json& d) { d["layers"][1]["name"] = name; };
    const auto rename_network = [&](Json& d) { d["name"] = name; };
    EXPECT_THAT(graph.document(rename_layer), HasSubstr(expected));
    EXPECT_THAT(graph.document(rename_network), HasSubstr(expected));
    EXPECT_THAT(network.document(rename_layer), HasSubstr(expected));
    EXPECT_THAT(network.document(rename_network), HasSubstr(expected));
  }
}

TEST(GraphFile, RefusesMoreThanAnyTargetHolds) {
  Changed<Graph> file(every_kind(), kGraph);
  EXPECT_THAT(file.document([](Json& d) {
    d["input"] = {60000, 60000, 3};
  }),
              HasSubstr("input: 60000 x 60000 x 3 values, expected 1 to 4294967296"));
  const auto many = [](Json& d) {
    for (unsigned i = 0; i < 10'000; ++i) d["layers"].push_back(d["layers"][0]);
  };
  EXPECT_THAT(file.document(many), HasSubstr("entries, expected at most 10000"));
}

TEST(IntegerNetworkFile, RefusesWhatHasNoLayersOrSharesNames) {
  Changed<IntegerNetwork> file(random_network(every_kind(), uniform(every_kind(), 8), 1), kNetwork);
  EXPECT_THAT(file.document([](Json& d) { d["layers"].clear(); }),
              HasSubstr("no layers, expected at least one"));
  EXPECT_THAT(file.document([](Json& d) { d["layers"][2]["name"] = d["layers"][1]["name"]; }),
              HasSubstr("its name is another's"));
  EXPECT_THAT(file.document([](Json& d) { d["layers"][2]["name"] = "input"; }),
              HasSubstr("its name is another's"));
}

/// A network of one pool, which keeps what it is given.
IntegerNetwork pool_of(Shape input) {
  return {.name = "pool", .input = input, .layers = {{"max", {0}, MaxPool{.padding = {}}}}};
}

TEST(IntegerNetworkFile, TakesNoMemoryForWhatItPromises) {
  const test::TemporaryFolder folder;
  rlimit before{};
  getrlimit(RLIMIT_AS, &before);
  write_integer_network(folder / "network.fb", pool_of({30000, 30000, 3}));
#if !defined(__SANITIZE_ADDRESS__)  // which reserves all of the address space
  const rlimit limit{rlim_t{2} << 30, before.rlim_max};
  setrlimit(RLIMIT_AS, &limit);
#endif
  const IntegerNetwork network = read_integer_network(folder / "network.fb");
  EXPECT_EQ(empty_tensors(network)[1].shape, (Shape{15000, 15000, 3}));
  setrlimit(RLIMIT_AS, &before);
}

TEST(IntegerNetworkFile, RefusesMoreThanAnyTargetHolds) {
  EXPECT_THAT(error_of([] {
                check(pool_of({60000, 60000, 3}));
              }),
              HasSubstr("pool: input: 60000 x 60000 x 3 values, expected 1 to 4294967296"));
}

TEST(IntegerNetworkFile, NamesWhatIsWrongInTheDocument) {
  const Graph graph = every_kind();
  Changed<IntegerNetwork> file(random_network(graph, uniform(graph, 4), 1), kNetwork);
  EXPECT_EQ(file.written(file.bytes()), "");
  const auto op = [&](int number, auto change) {
    return file.document([&](Json& d) { change(d["layers"][number]["op"]); });
  };
  EXPECT_EQ(op(0, [](Json& o) { o["kind"] = "pool"; }),
            fmt::format("layer 1: op: kind: \"pool\", expected one of {}",
                        fmt::join(kKernelKindNames, ", ")));
  EXPECT_EQ(op(0, [](Json& o) { o["weight_type"] = "s3"; }),
            "layer 1: op: weight_type: \"s3\", expected one of u8, u4, u2, s8, s4, s2");
  EXPECT_THAT(op(0, [](Json& o) { o["weight_type"] = "u4"; }),
              HasSubstr("layer stem: weights of u4, expected s8, s4 or s2"));
  EXPECT_THAT(op(0, [](Json& o) { o["weight_type"] = "s2"; }), HasSubstr("expected -2 to 1 (s2)"));
  EXPECT_EQ(op(0, [](Json& o) { o["weights"] = "abc"; }),
            "layer 1: op: weights: \"abc\", expected bytes");
  EXPECT_THAT(op(0, [](Json& o) { o["weights"].get_binary().pop_back(); }),
              HasSubstr("layer stem: weights: 431, expected 432"));
  EXPECT_THAT(op(0, [](Json& o) { o["in_channels"] = 4; }), HasSubstr("expected"));
  EXPECT_EQ(op(0, [](Json& o) { o["requantization"]["shift"] = 31; }),
            "layer 1: op: requantization: shift: 31, expected a whole number, 1 to 30");
  EXPECT_EQ(op(0, [](Json& o) { o["requantization"]["add"].erase(0); }),
            "layer 1: op: requantization: add: 15 numbers, expected 16 as there are of mul");
  EXPECT_THAT(op(0, [](Json& o) { o["requantization"]["add"][3] = INT32_MAX; }),
              HasSubstr("layer stem: requantization of channel 3: sums up to"));
  EXPECT_THAT(op(0, [](Json& o) { o["requantization"]["pre"] = 30; }),
              HasSubstr("expected less than 2^31"));
  EXPECT_THAT(op(3, [](Json& o) { o["mul_a"] = INT32_MAX; }),
              HasSubstr("layer block1.add: addition: sums up to"));
  EXPECT_EQ(op(3, [](Json& o) { o["bias"] = 1; }),
            "layer 4: op: unknown key \"bias\"; the nearest is \"kind\"");
  EXPECT_THAT(op(12, [](Json& o) { o["channels"] = 3; }), HasSubstr("layer depthwise: weights: "));
  EXPECT_THAT(op(13, [](Json& o) { o["stride"] = 0; }),
              HasSubstr("layer max: kernel and stride: expected at least 1"));
  EXPECT_THAT(op(13, [](Json& o) { o["stride"] = 300; }),
              HasSubstr("layer max: a kernel of 2x2 with stride 300, expected sides and stride"));
  EXPECT_THAT(op(14,
                 [](Json& o) {
                   o["requantization"]["mul"].push_back(1);
                   o["requantization"]["add"].push_back(1);
                 }),
              HasSubstr("requantized channels: 2, expected 1"));
  EXPECT_THAT(file.document([](Json& d) { d["layers"][3]["inputs"] = {1}; }),
              HasSubstr("layer block1.add: inputs: 1, expected 2"));
}

}  // namespace
}  // namespace freebits::models
