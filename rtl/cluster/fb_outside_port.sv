// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
`default_nettype none

// The one port to the outside, 64 bit wide: arbitrates cores, instruction cache and DMA (round
// robin over all of them), registers the request, and routes answers by id. Answers are registered
// on their way in and always accepted: who asks has room. Every request is answered, writes too.
module fb_outside_port #(
  parameter int NumCores = 8
) (
  input  wire                    clk_i,
  input  wire                    rst_ni,
  // cores: one request in flight each; 32-bit accesses, lane by address bit 2
  input  wire  [NumCores-1:0]    core_req_i,
  input  wire  [NumCores*32-1:0] core_addr_i,
  input  wire  [NumCores-1:0]    core_we_i,
  input  wire  [NumCores*4-1:0]  core_be_i,
  input  wire  [NumCores*32-1:0] core_wdata_i,
  output logic [NumCores-1:0]    core_gnt_o,
  output logic [NumCores-1:0]    core_rvalid_o,
  output logic [31:0]            core_rdata_o,     // of the core whose rvalid is set
  // instruction cache: reads of 8 bytes
  input  wire                    icache_req_i,
  input  wire  [31:0]            icache_addr_i,
  output logic                   icache_gnt_o,
  output logic                   icache_rvalid_o,
  // DMA: reads and writes of 8 aligned bytes
  input  wire                    dma_rd_req_i,
  input  wire  [31:0]            dma_rd_addr_i,
  output logic                   dma_rd_gnt_o,
  output logic                   dma_rd_rvalid_o,
  input  wire                    dma_wr_req_i,
  input  wire  [31:0]            dma_wr_addr_i,
  input  wire  [7:0]             dma_wr_be_i,
  input  wire  [63:0]            dma_wr_data_i,
  output logic                   dma_wr_gnt_o,
  output logic                   dma_wr_rvalid_o,
  output logic [63:0]            rdata_o,          // read data for instruction cache and DMA
  // outside: a request stands until valid && ready; registered
  output logic                   out_valid_o,
  input  wire                    out_ready_i,
  output logic [4:0]             out_id_o,         // fb_cluster_pkg::OutsideId…
  output logic                   out_we_o,
  output logic [31:0]            out_addr_o,       // multiple of 8
  output logic [7:0]             out_be_o,
  output logic [63:0]            out_wdata_o,
  input  wire                    in_valid_i,
  input  wire  [4:0]             in_id_i,
  input  wire  [63:0]            in_rdata_i
);

  // Cores, then instruction cache, DMA reads, DMA writes.
  localparam int NumSources = NumCores + 3;

  logic [NumSources-1:0] req, gnt, first, behind_q;
  logic [31:0]           addr [NumCores];
  logic [31:0]           wdata [NumCores];
  logic [3:0]            be [NumCores];
  for (genvar i = 0; i < NumCores; i++) begin : g_core
    assign addr[i]  = core_addr_i[i*32 +: 32];
    assign wdata[i] = core_wdata_i[i*32 +: 32];
    assign be[i]    = core_be_i[i*4 +: 4];
  end

  logic room;
  assign room = !out_valid_o || out_ready_i;
  assign req  = {dma_wr_req_i, dma_rd_req_i, icache_req_i, core_req_i};

  // Round robin: the sources behind the last one that won against others come first.
  always_comb begin
    gnt   = '0;
    first = '0;
    if (room && req != '0) begin
      first = req & behind_q;
      if (first == '0) first = req;
      gnt = first & (~first + 1'b1);
    end
  end
  assign core_gnt_o   = gnt[NumCores-1:0];
  assign icache_gnt_o = gnt[NumCores];
  assign dma_rd_gnt_o = gnt[NumCores + 1];
  assign dma_wr_gnt_o = gnt[NumCores + 2];

  logic [4:0]  id;
  logic        we;
  logic [31:0] address;
  logic [7:0]  lanes;
  logic [63:0] data;
  always_comb begin
    id      = 5'd0;
    we      = 1'b0;
    address = '0;
    lanes   = '0;
    data    = '0;
    if (gnt[NumCores]) begin
      id      = fb_cluster_pkg::OutsideIdIcache;
      address = icache_addr_i;
    end else if (gnt[NumCores + 1]) begin
      id      = fb_cluster_pkg::OutsideIdDmaRead;
      address = dma_rd_addr_i;
    end else if (gnt[NumCores + 2]) begin
      id      = fb_cluster_pkg::OutsideIdDmaWrite;
      we      = 1'b1;
      address = dma_wr_addr_i;
      lanes   = dma_wr_be_i;
      data    = dma_wr_data_i;
    end else if (gnt != '0) begin
      for (int i = 0; i < NumCores; i++) begin
        if (gnt[i]) begin
          id      = i[4:0];
          we      = core_we_i[i];
          address = addr[i];
          lanes   = addr[i][2] ? {be[i], 4'd0} : {4'd0, be[i]};
          data    = {wdata[i], wdata[i]};
        end
      end
    end
  end

  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) begin
      behind_q    <= '0;
      out_valid_o <= 1'b0;
    end else begin
      if (gnt != req && gnt != '0) behind_q <= ~(gnt | (gnt - 1'b1));
      if (room) out_valid_o <= req != '0;
    end
  end
  always_ff @(posedge clk_i) begin
    if (gnt != '0) begin
      out_id_o    <= id;
      out_we_o    <= we;
      out_addr_o  <= {address[31:3], 3'd0};
      out_be_o    <= lanes;
      out_wdata_o <= data;
    end
  end

  // Answers.
  logic                answer_q;
  logic [4:0]          id_q;
  logic [NumCores-1:0] upper_q;   // a core's access in flight is to the upper word
  always_ff @(posedge clk_i or negedge rst_ni) begin
    if (!rst_ni) answer_q <= 1'b0;
    else answer_q <= in_valid_i;
  end
  always_ff @(posedge clk_i) begin
    if (in_valid_i) begin
      id_q    <= in_id_i;
      rdata_o <= in_rdata_i;
    end
    if (core_gnt_o != '0) begin
      for (int i = 0; i < NumCores; i++) begin
        if (gnt[i]) upper_q[i] <= addr[i][2];
      end
    end
  end

  logic upper;
  always_comb begin
    core_rvalid_o   = '0;
    upper           = 1'b0;
    icache_rvalid_o = 1'b0;
    dma_rd_rvalid_o = 1'b0;
    dma_wr_rvalid_o = 1'b0;
    if (answer_q) begin
      icache_rvalid_o = id_q == fb_cluster_pkg::OutsideIdIcache;
      dma_rd_rvalid_o = id_q == fb_cluster_pkg::OutsideIdDmaRead;
      dma_wr_rvalid_o = id_q == fb_cluster_pkg::OutsideIdDmaWrite;
      for (int i = 0; i < NumCores; i++) begin
        if (id_q == i[4:0]) begin
          core_rvalid_o[i] = 1'b1;
          upper            = upper_q[i];
        end
      end
    end
  end
  assign core_rdata_o = upper ? rdata_o[63:32] : rdata_o[31:0];

  logic unused_bits;
  assign unused_bits = ^address[2:0];

endmodule

`default_nettype wire
