// SPDX-License-Identifier: Apache-2.0 WITH SHL-2.1
// Arithmetic-logic unit: whole-word, 16-, 8-, 4- and 2-bit lanes. Combinational.
//
// One adder serves addition, subtraction, averages, comparisons, minimum, maximum and absolute
// value at every lane width: the lanes' top bits (mask `top`) are kept out of the carry chain and
// added without carry. One right shifter, bit-reversed for left shifts, serves shifts at every
// width, rotation, bit fields and bit reversal.
module fb_alu #(
  parameter logic [2:0] IsaLevel = fb_isa_pkg::LevelFlexV
) (
  input  fb_core_pkg::alu_op_e op_i,
  input  fb_core_pkg::vec_e    vec_i,
  input  logic [31:0]          a_i,
  input  logic [31:0]          b_i,
  input  logic [31:0]          c_i,
  input  logic [4:0]           len_i,
  input  logic [4:0]           pos_i,
  output logic [31:0]          result_o,
  output logic                 cmp_o      // the comparison on the whole word holds (branches)
);

  localparam bit Corev   = IsaLevel >= fb_isa_pkg::LevelXpulpV2;
  localparam bit SubByte = IsaLevel >= fb_isa_pkg::LevelXpulpNN;

  // Lane width without what the level cannot use.
  logic [2:0] vec;
  assign vec = !Corev ? fb_core_pkg::VecNone :
               !SubByte && (vec_i == fb_core_pkg::VecNibble || vec_i == fb_core_pkg::VecCrumb)
                     ? fb_core_pkg::VecNone : vec_i;

  // Every bit of a lane = the lane's top bit in x.
  function automatic logic [31:0] spread(input logic [31:0] x, input logic [2:0] width);
    logic [31:0] y;
    y = {32{x[31]}};
    case (width)
      fb_core_pkg::VecHalf: y = {{16{x[31]}}, {16{x[15]}}};
      fb_core_pkg::VecByte: y = {{8{x[31]}}, {8{x[23]}}, {8{x[15]}}, {8{x[7]}}};
      fb_core_pkg::VecNibble: for (int i = 0; i < 8; i++) y[4*i +: 4] = {4{x[4*i+3]}};
      fb_core_pkg::VecCrumb: for (int i = 0; i < 16; i++) y[2*i +: 2] = {2{x[2*i+1]}};
      default: ;
    endcase
    spread = y;
  endfunction

  function automatic logic [31:0] reverse(input logic [31:0] x);
    for (int i = 0; i < 32; i++) reverse[i] = x[31-i];
  endfunction

  logic [31:0] top;  // top bit of every lane
  always_comb begin
    unique case (vec)
      fb_core_pkg::VecHalf:   top = 32'h8000_8000;
      fb_core_pkg::VecByte:   top = 32'h8080_8080;
      fb_core_pkg::VecNibble: top = 32'h8888_8888;
      fb_core_pkg::VecCrumb:  top = 32'haaaa_aaaa;
      default:                top = 32'h8000_0000;
    endcase
  end

  // ---- adder ----
  logic        is_abs, subtract;
  logic [31:0] x, y, partial, sum;
  assign is_abs   = Corev && op_i == fb_core_pkg::AluAbs;
  assign x        = is_abs ? 32'd0 : a_i;
  assign y        = is_abs ? a_i : b_i;
  assign subtract = !(op_i == fb_core_pkg::AluAdd || op_i == fb_core_pkg::AluAvg ||
                      op_i == fb_core_pkg::AluAvgu || op_i == fb_core_pkg::AluAddN ||
                      op_i == fb_core_pkg::AluAddRN || op_i == fb_core_pkg::AluAdduN ||
                      op_i == fb_core_pkg::AluAdduRN);
  assign partial  = (subtract ? x | top : x & ~top) + (subtract ? ~(y & ~top) : y & ~top) +
                    {31'd0, subtract};
  assign sum      = partial ^ ((x ^ y ^ {32{subtract}}) & top);

  // ---- comparison, per lane, at the lanes' top bits ----
  logic        is_signed;
  logic [31:0] differ, less_top, differ_top, less, unequal;
  assign is_signed = op_i == fb_core_pkg::AluLt || op_i == fb_core_pkg::AluLe ||
                     op_i == fb_core_pkg::AluGt || op_i == fb_core_pkg::AluGe ||
                     op_i == fb_core_pkg::AluMin || op_i == fb_core_pkg::AluMax ||
                     op_i == fb_core_pkg::AluClip || op_i == fb_core_pkg::AluClipu;
  assign differ    = a_i ^ b_i;
  assign less_top  = ((is_signed ? a_i & ~b_i : ~a_i & b_i) | (~differ & sum)) & top;
  assign less      = spread(less_top, vec);

  always_comb begin
    differ_top = {differ != 32'd0, 31'd0};
    if (vec == fb_core_pkg::VecHalf) begin
      differ_top = {differ[31:16] != 16'd0, 15'd0, differ[15:0] != 16'd0, 15'd0};
    end else if (vec == fb_core_pkg::VecByte) begin
      differ_top = {differ[31:24] != 8'd0, 7'd0, differ[23:16] != 8'd0, 7'd0,
                    differ[15:8] != 8'd0, 7'd0, differ[7:0] != 8'd0, 7'd0};
    end
    unequal = spread(differ_top, vec);  // 4- and 2-bit lanes have no comparisons
  end

  logic [31:0] holds;
  always_comb begin
    unique case (op_i)
      fb_core_pkg::AluEq:                      holds = ~unequal;
      fb_core_pkg::AluNe:                      holds = unequal;
      fb_core_pkg::AluGe, fb_core_pkg::AluGeu: holds = ~less;
      fb_core_pkg::AluLe, fb_core_pkg::AluLeu: holds = less | ~unequal;
      fb_core_pkg::AluGt, fb_core_pkg::AluGtu: holds = ~less & unequal;
      default:                                 holds = less;
    endcase
  end
  assign cmp_o = holds[31];

  // ---- add-normalise: rounding before the shift ----
  logic        is_normal, rounds;
  logic [31:0] normal;
  assign is_normal = Corev && (op_i == fb_core_pkg::AluAddN || op_i == fb_core_pkg::AluAddRN ||
                               op_i == fb_core_pkg::AluSubN || op_i == fb_core_pkg::AluSubRN ||
                               op_i == fb_core_pkg::AluAdduN || op_i == fb_core_pkg::AluAdduRN ||
                               op_i == fb_core_pkg::AluSubuN || op_i == fb_core_pkg::AluSubuRN);
  assign rounds    = op_i == fb_core_pkg::AluAddRN || op_i == fb_core_pkg::AluSubRN ||
                     op_i == fb_core_pkg::AluAdduRN || op_i == fb_core_pkg::AluSubuRN;
  assign normal    = sum + (rounds && len_i != 5'd0 ? 32'd1 << (len_i - 5'd1) : 32'd0);

  // ---- shifter ----
  logic is_left, is_field, is_insert, is_bitrev, is_ror, is_arithmetic, shifts;
  assign is_insert     = Corev && op_i == fb_core_pkg::AluInsert;
  assign is_bitrev     = Corev && op_i == fb_core_pkg::AluBitrev;
  assign is_ror        = Corev && op_i == fb_core_pkg::AluRor;
  assign is_left       = op_i == fb_core_pkg::AluSll || is_insert || is_bitrev;
  assign is_field      = Corev && (op_i == fb_core_pkg::AluExtract ||
                                   op_i == fb_core_pkg::AluExtractu || is_insert || is_bitrev);
  assign is_arithmetic = op_i == fb_core_pkg::AluSra || op_i == fb_core_pkg::AluAddN ||
                         op_i == fb_core_pkg::AluAddRN || op_i == fb_core_pkg::AluSubN ||
                         op_i == fb_core_pkg::AluSubRN;
  assign shifts        = is_left || is_field || is_ror || is_normal || is_arithmetic ||
                         op_i == fb_core_pkg::AluSrl;

  logic [31:0] operand, fill, shifted_raw, shifted;
  logic [31:0] select [5];   // stage k moves bit i by 2^k
  logic [31:0] leaves [5];   // … and bit i takes it from beyond its lane
  always_comb begin
    operand = is_normal ? normal : a_i;
    fill    = is_arithmetic ? spread(operand & top, vec) : 32'd0;

    for (int k = 0; k < 5; k++) begin
      select[k] = {32{is_field ? pos_i[k] : is_normal ? len_i[k] : b_i[k]}};
      leaves[k] = ~(32'hffff_ffff >> (1 << k));
    end
    unique case (vec)
      fb_core_pkg::VecHalf: begin
        for (int k = 0; k < 4; k++) select[k] = {{16{b_i[16+k]}}, {16{b_i[k]}}};
        select[4] = '0;
        leaves[0] = 32'h8000_8000;
        leaves[1] = 32'hc000_c000;
        leaves[2] = 32'hf000_f000;
        leaves[3] = 32'hff00_ff00;
      end
      fb_core_pkg::VecByte: begin
        for (int k = 0; k < 3; k++) begin
          select[k] = {{8{b_i[24+k]}}, {8{b_i[16+k]}}, {8{b_i[8+k]}}, {8{b_i[k]}}};
        end
        select[3] = '0;
        select[4] = '0;
        leaves[0] = 32'h8080_8080;
        leaves[1] = 32'hc0c0_c0c0;
        leaves[2] = 32'hf0f0_f0f0;
      end
      fb_core_pkg::VecNibble: begin
        for (int k = 0; k < 2; k++) begin
          for (int i = 0; i < 8; i++) select[k][4*i +: 4] = {4{b_i[4*i+k]}};
        end
        select[2] = '0;
        select[3] = '0;
        select[4] = '0;
        leaves[0] = 32'h8888_8888;
        leaves[1] = 32'hcccc_cccc;
      end
      fb_core_pkg::VecCrumb: begin
        for (int i = 0; i < 16; i++) select[0][2*i +: 2] = {2{b_i[2*i]}};
        select[1] = '0;
        select[2] = '0;
        select[3] = '0;
        select[4] = '0;
        leaves[0] = 32'haaaa_aaaa;
      end
      default: ;
    endcase

  end

  // Five stages on bit-reversed operands for left shifts; skipped in simulation when no shift is
  // wanted.
  always_comb begin
    shifted_raw = is_left ? reverse(operand) : operand;
    if (shifts) begin
      for (int k = 0; k < 5; k++) begin
        shifted_raw = (shifted_raw & ~(is_left ? reverse(select[k]) : select[k])) |
                      ((is_left ? reverse(select[k]) : select[k]) &
                       ((shifted_raw >> (1 << k)) & ~leaves[k] |
                        (is_ror ? shifted_raw << (32 - (1 << k)) : fill) & leaves[k]));
      end
    end
  end
  assign shifted = is_left ? reverse(shifted_raw) : shifted_raw;

  // ---- everything CORE-V adds ----
  logic [31:0] corev_result;
  if (Corev) begin : gen_corev
    // Bit fields: len + 1 bits from pos, cut at bit 31.
    logic [31:0] ones, field;
    logic [4:0]  last;
    logic [5:0]  end_pos;
    assign end_pos = {1'b0, len_i} + {1'b0, pos_i};
    assign last    = end_pos[5] ? 5'd31 : end_pos[4:0];
    assign ones    = 32'hffff_ffff >> (5'd31 - len_i);
    assign field   = ones << pos_i;

    // Bit reversal: shifted_raw holds the reversed bits of a << pos; put the groups' bits back in
    // order.
    logic [31:0] bitrev;
    always_comb begin
      bitrev = shifted_raw;
      if (!is_bitrev) begin
        bitrev = '0;
      end else if (len_i[1:0] == 2'd1) begin
        for (int i = 0; i < 16; i++) bitrev[2*i +: 2] = {shifted_raw[2*i], shifted_raw[2*i+1]};
      end else if (len_i[1:0] == 2'd2) begin
        bitrev = '0;
        for (int i = 0; i < 10; i++) begin
          bitrev[3*i +: 3] = {shifted_raw[3*i], shifted_raw[3*i+1], shifted_raw[3*i+2]};
        end
      end
    end

    // Leading zeros of a (fl1), reversed a (ff1), a without its sign bits (clb); population count.
    // Conditions that skip loops save simulation time and switching.
    logic [31:0] scanned;
    logic [5:0]  zeros, ones_count;
    always_comb begin
      scanned = op_i == fb_core_pkg::AluFf1 ? reverse(a_i) :
                op_i == fb_core_pkg::AluClb ? a_i ^ {32{a_i[31]}} : a_i;
      zeros   = 6'd32;
      if (op_i == fb_core_pkg::AluFf1 || op_i == fb_core_pkg::AluFl1 || op_i == fb_core_pkg::AluClb) begin
        for (int i = 0; i < 32; i++) begin
          if (scanned[i]) zeros = 6'd31 - i[5:0];
        end
      end
      ones_count = '0;
      if (op_i == fb_core_pkg::AluCnt) begin
        for (int i = 0; i < 32; i++) ones_count = ones_count + {5'd0, a_i[i]};
      end
    end

    // Lane access: lane len of a half-word or byte vector.
    logic        half, is_unsigned;
    logic [4:0]  lane_pos;
    logic [15:0] lane;
    logic [31:0] lane_mask;
    assign half        = vec == fb_core_pkg::VecHalf;
    assign is_unsigned = op_i == fb_core_pkg::AluVecExtractu;
    assign lane_pos    = half ? {len_i[0], 4'd0} : {len_i[1:0], 3'd0};
    assign lane        = half ? (len_i[0] ? a_i[31:16] : a_i[15:0]) : {8'd0, a_i[lane_pos +: 8]};
    assign lane_mask   = (half ? 32'h0000_ffff : 32'h0000_00ff) << lane_pos;

    // Shuffles.
    logic [31:0] shuffle, source;
    logic [1:0]  index;
    always_comb begin
      shuffle = '0;
      source  = '0;
      index   = '0;
      if (op_i == fb_core_pkg::AluShuffle || op_i == fb_core_pkg::AluShuffle2) begin
        for (int i = 0; i < 4; i++) begin
          source = a_i;
          if (half) begin
            if (op_i == fb_core_pkg::AluShuffle2 && !b_i[16*(i/2)+1]) source = c_i;
            index = {b_i[16*(i/2)], i[0]};
          end else begin
            if (op_i == fb_core_pkg::AluShuffle2 && !b_i[8*i+2]) source = c_i;
            index = b_i[8*i +: 2];
          end
          shuffle[8*i +: 8] = source[{index, 3'd0} +: 8];
        end
      end
    end

    logic [31:0] negated;  // ~b, the lower bound of a signed clip
    logic        below;
    assign negated = ~b_i;
    assign below   = op_i == fb_core_pkg::AluClipu ? a_i[31] || a_i == 32'd0
                                                   : $signed(a_i) <= $signed(negated);

    always_comb begin
      unique case (op_i)
        fb_core_pkg::AluAvg:     corev_result = ((sum >> 1) & ~top) | (sum & top);
        fb_core_pkg::AluAvgu:    corev_result = (sum >> 1) & ~top;
        fb_core_pkg::AluMin, fb_core_pkg::AluMinu: corev_result = (a_i & less) | (b_i & ~less);
        fb_core_pkg::AluMax, fb_core_pkg::AluMaxu: corev_result = (b_i & less) | (a_i & ~less);
        fb_core_pkg::AluAbs: begin
          corev_result = spread(a_i & top, vec);
          corev_result = (sum & corev_result) | (a_i & ~corev_result);
        end
        fb_core_pkg::AluClip:    corev_result = below ? negated : less[31] ? a_i : b_i;
        fb_core_pkg::AluClipu:   corev_result = below ? 32'd0 : less[31] ? a_i : b_i;
        fb_core_pkg::AluExths:   corev_result = {{16{a_i[15]}}, a_i[15:0]};
        fb_core_pkg::AluExthz:   corev_result = {16'd0, a_i[15:0]};
        fb_core_pkg::AluExtbs:   corev_result = {{24{a_i[7]}}, a_i[7:0]};
        fb_core_pkg::AluExtbz:   corev_result = {24'd0, a_i[7:0]};
        fb_core_pkg::AluExtract: corev_result = (shifted & ones) | ({32{a_i[last]}} & ~ones) |
                                                (end_pos[5] ? {32{a_i[31]}} << (5'd31 - pos_i) : 32'd0);
        fb_core_pkg::AluExtractu: corev_result = shifted & ones;
        fb_core_pkg::AluInsert:  corev_result = (c_i & ~field) | (shifted & field);
        fb_core_pkg::AluBclr:    corev_result = a_i & ~field;
        fb_core_pkg::AluBset:    corev_result = a_i | field;
        fb_core_pkg::AluBitrev:  corev_result = bitrev;
        fb_core_pkg::AluFf1:     corev_result = {26'd0, zeros};
        fb_core_pkg::AluFl1:     corev_result = zeros[5] ? 32'd32 : {27'd0, 5'd31 - zeros[4:0]};
        fb_core_pkg::AluClb:     corev_result = a_i == 32'd0 ? 32'd0 : {26'd0, zeros - 6'd1};
        fb_core_pkg::AluCnt:     corev_result = {26'd0, ones_count};
        fb_core_pkg::AluVecExtract, fb_core_pkg::AluVecExtractu:
          corev_result = half ? {{16{lane[15] && !is_unsigned}}, lane}
                              : {{24{lane[7] && !is_unsigned}}, lane[7:0]};
        fb_core_pkg::AluVecInsert:
          corev_result = (c_i & ~lane_mask) | ((half ? {2{a_i[15:0]}} : {4{a_i[7:0]}}) & lane_mask);
        fb_core_pkg::AluShuffle, fb_core_pkg::AluShuffle2: corev_result = shuffle;
        fb_core_pkg::AluPackLo:  corev_result = {a_i[15:0], b_i[15:0]};
        fb_core_pkg::AluPackHi:  corev_result = {a_i[31:16], b_i[31:16]};
        fb_core_pkg::AluPackHiB: corev_result = {a_i[7:0], b_i[7:0], c_i[15:0]};
        fb_core_pkg::AluPackLoB: corev_result = {c_i[31:16], a_i[7:0], b_i[7:0]};
        default:                 corev_result = shifted;  // add-normalise, rotation
      endcase
    end
  end else begin : gen_no_corev
    assign corev_result = '0;
    logic unused_corev;
    assign unused_corev = ^{c_i, len_i, pos_i, vec_i};
  end

  always_comb begin
    unique case (op_i)
      fb_core_pkg::AluAdd, fb_core_pkg::AluSub: result_o = sum;
      fb_core_pkg::AluSrl, fb_core_pkg::AluSra, fb_core_pkg::AluSll: result_o = shifted;
      fb_core_pkg::AluAnd: result_o = a_i & b_i;
      fb_core_pkg::AluOr:  result_o = a_i | b_i;
      fb_core_pkg::AluXor: result_o = a_i ^ b_i;
      fb_core_pkg::AluEq, fb_core_pkg::AluNe, fb_core_pkg::AluLt, fb_core_pkg::AluLe,
      fb_core_pkg::AluGt, fb_core_pkg::AluGe, fb_core_pkg::AluLtu, fb_core_pkg::AluLeu,
      fb_core_pkg::AluGtu, fb_core_pkg::AluGeu:
        result_o = vec == fb_core_pkg::VecNone ? {31'd0, holds[31]} : holds;
      default: result_o = corev_result;
    endcase
  end

endmodule
