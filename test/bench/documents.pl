#!/usr/bin/perl
# test/bench/documents.pl
#
# Makes text for test/bench/search.sh: the notes of a helpline whose workers
# write simplified or traditional Chinese, Vietnamese with marks or without,
# and English, in three documents of ten mixed.
#
#   documents.pl documents 100000	prints that many lines "number<TAB>text",
#									two to four sentences each
#   documents.pl queries			prints lines "kind<TAB>text": 50 keyword
#									queries ("keywords") and 30 questions
#									("question")
#
# The same arguments print the same.  A sentence is clauses, one of a helpline
# and one or two of common words alone, whose blanks are filled by Zipf's
# law: with a helpline's words, and with 20,000 others a language, put together
# from characters, syllables or stems, of which most are rare.
# Where IETP_DATA names a folder with search_dev/docs.tsv and
# search_dev/queries.tsv, sentences, keywords and questions come from there.

use strict;
use warnings;
use utf8;

use List::Util qw(shuffle);
use Unicode::Normalize qw(NFC NFD);

binmode STDOUT, ':encoding(UTF-8)';

my %share = (han => 38, traditional => 12, viet => 19, unmarked => 6,
	english => 25);

srand(6);

my %clauses = (
	han => [
		'我们{place}的{job}反映{factory}拖欠{month}工资，已经{n}个月没有发放',
		'{name}在{factory}的{dept}上班，每天加班到晚上{hour}点',
		'主管{name}说{rare}的事情要等人事部批准，一直没有答复',
		'{factory}没有给{dept}的工人缴纳{benefit}，{rare}也没有说明',
		'工人要求按照{law}的规定支付{benefit}和{rare}补贴',
		'厂方回复{month}{day}日之前结清{benefit}，但是没有书面证明',
		'食堂的{rare}不干净，宿舍的{rare}坏了{n}个星期没有人修理',
		'因为{rare}不合格，{dept}扣了每个人{money}元',
		'专员建议先保存工资条、考勤记录和{rare}的照片',
		'来电者担心{rare}被打击报复，希望匿名处理',
		'{name}辞职以后没有拿到{benefit}，押金{money}元也没有退还',
		'机器的{rare}没有防护，上个月有{n}名{job}受伤',
		'{job}{name}怀孕{n}个月，仍然被安排{rare}和夜班',
		'合同上写的{rare}和实际做的{rare}不一样',
		'已经联系{place}劳动监察大队，案件编号{code}，电话{phone}',
		'{dept}的温度很高，{rare}的气味很大，没有口罩和手套',
		'经理当众辱骂{job}，还威胁要开除{rare}的同事',
		'请问{benefit}应该怎么计算，{rare}算不算在里面',
		'{month}的{rare}订单增加，休息日也要上班{n}天',
		'工厂答应改善{rare}，下次回访时间是{month}{day}日',
	],
	viet => [
		'công nhân {job} ở {place} cho biết {factory} nợ lương tháng {n}',
		'anh {name} làm ở {dept}, mỗi ngày tăng ca đến {hour} giờ tối',
		'quản lý nói chuyện {rare} phải chờ phòng nhân sự duyệt',
		'công ty không đóng {benefit} cho chị {name} từ ngày {day}',
		'người lao động yêu cầu trả {benefit} theo {law}',
		'nhà máy hứa trả {benefit} trước ngày {day} nhưng chưa có giấy tờ',
		'nhà ăn {rare} không sạch, ký túc xá {rare} hỏng {n} tuần rồi',
		'vì {rare} không đạt nên {dept} bị trừ {money} đồng mỗi người',
		'tư vấn viên khuyên giữ lại phiếu lương, bảng chấm công và {rare}',
		'người gọi sợ bị trù dập vì {rare}, xin giấu tên',
		'chị {name} nghỉ việc nhưng bị giam lương và {benefit}',
		'máy {rare} không có che chắn, có {n} {job} bị thương',
		'chị {name} mang thai {n} tháng vẫn phải làm ca đêm và {rare}',
		'hợp đồng ghi {rare} nhưng thực tế làm {rare}',
		'đã liên hệ thanh tra lao động {place}, mã hồ sơ {code}, '
			. 'số điện thoại {phone}',
		'{dept} rất nóng, mùi {rare} nặng, không có khẩu trang và găng tay',
		'tổ trưởng chửi {job} và dọa đuổi việc những người {rare}',
		'xin hỏi {benefit} tính như thế nào, {rare} có được tính không',
		'đơn hàng {rare} tăng nên chủ nhật cũng phải làm {n} ngày',
		'nhà máy đồng ý cải thiện {rare}, hẹn gọi lại ngày {day}',
	],
	english => [
		'the {job} from {place} reports that {factory} owes {n} months '
			. 'of wages',
		'{name} works in {dept} and stays until {hour} o\'clock every night',
		'the supervisor says that {rare} has to wait for human resources',
		'the company has not paid {benefit} since {month} {day}',
		'workers ask for {benefit} as {law} requires, and for {rare}',
		'management promised to settle {benefit} but gave nothing in writing',
		'the {rare} in the canteen is dirty and the dormitory {rare} has '
			. 'been broken for {n} weeks',
		'{dept} deducted {money} from everyone because of {rare}',
		'the specialist advised to keep payslips, time sheets and photos '
			. 'of the {rare}',
		'the caller is afraid of retaliation over {rare} and wants to stay '
			. 'anonymous',
		'{name} resigned and has not received {benefit} or the deposit',
		'the {rare} machine has no guard and {n} {job}s were injured',
		'she is {n} months pregnant and still has to work {rare} and nights',
		'the contract says {rare} but the work is {rare}',
		'labour inspectors in {place} were informed, file {code}, '
			. 'phone {phone}',
		'it is very hot in {dept}, the smell of {rare} is strong and there '
			. 'are no masks',
		'the line leader shouted at a {job} and threatened to dismiss the '
			. '{rare} team',
		'how is {benefit} calculated, and does {rare} count',
		'orders for {rare} went up in {month}, so {n} rest days were lost',
		'the factory agreed to improve {rare}; call back on {month} {day}',
	],
);

# The words of these are in every text.
my %common = (
	han => [
		'这个{rare}和那个{rare}都是{rare}的',
		'因为{rare}所以{rare}没有{rare}',
		'他说{rare}已经在{rare}里面了',
		'不知道{rare}是不是可以{rare}',
		'如果{rare}的话就会有{rare}和{rare}',
		'从{rare}到{rare}一共{n}次',
	],
	viet => [
		'{rare} này và {rare} kia đều là {rare}',
		'vì {rare} nên {rare} không có {rare}',
		'anh ấy nói {rare} đã ở trong {rare} rồi',
		'không biết {rare} có được {rare} hay không',
		'nếu {rare} thì sẽ có {rare} và {rare}',
		'từ {rare} đến {rare} tất cả {n} lần',
	],
	english => [
		'this {rare} and that {rare} are of the {rare}',
		'because of the {rare} it was not {rare} in the {rare}',
		'he said that the {rare} is already in the {rare}',
		'they do not know if {rare} can be {rare}',
		'if there is a {rare} then it will be {rare} and {rare}',
		'from {rare} to {rare} it was {n} times',
	],
);

my %words = (
	han => {
		factory => [qw(宏达电子厂 永兴鞋业 金源玩具厂 华丰制衣 东升塑胶
			新力五金 百盛家具 天成灯饰 富康箱包 美嘉印刷)],
		dept => [qw(包装车间 针车组 质检部 注塑车间 仓库 装配线 裁断组
			喷漆房 电镀车间 保安室)],
		job => [qw(工人 女工 操作工 学徒工 派遣工 临时工 组长 保洁员 司机
			质检员)],
		place => [qw(东莞 深圳 惠州 中山 佛山 苏州 宁波 泉州 厦门 长安)],
		benefit => [qw(加班费 社会保险 公积金 年假工资 产假工资 工伤赔偿
			经济补偿 高温津贴 全勤奖 押金)],
		law => [qw(劳动法 劳动合同法 工资支付条例 社会保险法 职业病防治法)],
		name => [qw(张伟 王芳 李娜 刘洋 陈静 杨磊 赵敏 黄丽 周强 吴秀英)],
		month => [qw(一月 二月 三月 四月 五月 六月 七月 八月 九月 十月)],
	},
	viet => {
		factory => ['công ty Hồng Đạt', 'giày Vĩnh Hưng', 'may Kim Nguyên',
			'nhựa Đông Thăng', 'gỗ Bách Thịnh', 'điện tử Thiên Thành'],
		dept => ['xưởng đóng gói', 'chuyền may', 'phòng kiểm hàng', 'kho',
			'tổ cắt', 'xưởng sơn', 'chuyền lắp ráp'],
		job => ['công nhân may', 'thợ máy', 'tổ trưởng', 'học việc',
			'lao động thời vụ', 'bảo vệ', 'tài xế'],
		place => ['Bình Dương', 'Đồng Nai', 'Hải Phòng', 'Bắc Ninh',
			'Long An', 'Tây Ninh', 'Đà Nẵng'],
		benefit => ['tiền tăng ca', 'bảo hiểm xã hội', 'phép năm',
			'tiền thai sản', 'bồi thường tai nạn', 'trợ cấp thôi việc',
			'thưởng chuyên cần'],
		law => ['bộ luật lao động', 'luật bảo hiểm xã hội',
			'nghị định của chính phủ'],
		name => ['Nguyễn Văn Hùng', 'Trần Thị Hoa', 'Lê Minh', 'Phạm Thuý',
			'Hoàng Lan', 'Võ Đức', 'Đặng Ngọc'],
		month => ['tháng giêng', 'tháng hai', 'tháng ba', 'tháng tư'],
	},
	english => {
		factory => ['Grand Harbour Shoes', 'Sunrise Plastics',
			'Golden Spring Toys', 'Evergreen Apparel', 'Bluestone Metal',
			'Silver Creek Lighting'],
		dept => ['the packing hall', 'the sewing line', 'quality control',
			'the warehouse', 'the paint shop', 'the moulding hall'],
		job => ['worker', 'sewer', 'machine operator', 'apprentice',
			'agency worker', 'guard', 'driver'],
		place => ['Dongguan', 'Shenzhen', 'Binh Duong', 'Dong Nai',
			'Hai Phong', 'Suzhou'],
		benefit => ['overtime pay', 'social insurance', 'annual leave',
			'maternity pay', 'injury compensation', 'severance pay',
			'the attendance bonus'],
		law => ['the labour law', 'the contract', 'the wage regulation',
			'the code of conduct'],
		name => ['Wang Fang', 'Nguyen Van Hung', 'Li Na', 'Tran Thi Hoa',
			'Mary Jane', 'Peter Chan'],
		month => [qw(January February March April May June July August)],
	},
);

my %questions = (
	han => [
		'工厂拖欠工资三个月，应该找哪个部门投诉？',
		'怀孕的女工可以拒绝上夜班吗？',
		'辞职以后押金和加班费什么时候可以拿到？',
		'机器没有防护，工人受伤以后怎么申请工伤赔偿？',
		'为什么宏达电子厂没有缴纳社会保险？',
		'主管辱骂工人并威胁开除，哪些案件是匿名处理的？',
		'食堂不干净的问题是哪一个车间反映的？',
		'高温津贴是按照哪一条规定计算的？',
		'合同和实际工作不一样怎么办？',
		'东莞有哪些工厂答应改善宿舍？',
	],
	viet => [
		'công ty nợ lương ba tháng thì khiếu nại ở đâu?',
		'phụ nữ mang thai có phải làm ca đêm không?',
		'nghỉ việc rồi bao giờ mới nhận được tiền tăng ca?',
		'máy không có che chắn, bị thương thì ai bồi thường?',
		'vì sao nhà máy ở Bình Dương không đóng bảo hiểm xã hội?',
		'tổ trưởng chửi công nhân và dọa đuổi việc ở xưởng nào?',
		'tiền thưởng chuyên cần được tính như thế nào?',
		'hợp đồng ghi khác với công việc thực tế thì phải làm sao?',
		'nhà ăn không sạch đã được cải thiện chưa?',
		'người gọi xin giấu tên vì sợ bị trù dập là ai?',
	],
	english => [
		'Which factory owes three months of wages to its workers?',
		'Can a pregnant woman refuse to work at night?',
		'When will overtime pay be settled after a worker has resigned?',
		'Who pays the compensation when a machine without guard injures '
			. 'somebody?',
		'Why has the company in Shenzhen not paid social insurance?',
		'What did the labour inspectors say about the smell in the '
			. 'paint shop?',
		'How is the attendance bonus calculated under the labour law?',
		'Did the line leader threaten to dismiss the sewing team?',
		'What can be done when the contract differs from the work?',
		'Has the factory agreed to improve the dirty canteen?',
	],
);

# Characters of this text that are written otherwise in traditional Chinese.
my %traditional;
@traditional{split //, '们厂资发来电个说门应该还险机护伤怀关动监队编号话气温'
	. '经骂职员赔偿实际样联系间专议条录记担报复处书证没结净坏给缴纳补贴当众'
	. '请问怎么计订单业达东兴鞋华丰塑胶盛饰灯页务针车质检装线断喷漆镀学遣临'
	. '时组长驶惠苏宁劳会并胁开两张伟刘陈静杨赵敏黄丽强吴点这为从共丝笔轻后'
	. '内东层号楼块条张双对组单据样货锤锯钻铣焊压铸涂烘缝织编运输换补领记录'
	. '计划训请调岗级薪奖罚评选举议谈协调诉讼举报审'} =
	split //, '們廠資發來電個說門應該還險機護傷懷關動監隊編號話氣溫'
	. '經罵職員賠償實際樣聯繫間專議條錄記擔報復處書證沒結淨壞給繳納補貼當眾'
	. '請問怎麼計訂單業達東興鞋華豐塑膠盛飾燈頁務針車質檢裝線斷噴漆鍍學遣臨'
	. '時組長駛惠蘇寧勞會並脅開兩張偉劉陳靜楊趙敏黃麗強吳點這為從共絲筆輕後'
	. '內東層號樓塊條張雙對組單據樣貨錘鋸鑽銑焊壓鑄塗烘縫織編運輸換補領記錄'
	. '計劃訓請調崗級薪獎罰評選舉議談協調訴訟舉報審';

# An index below $count, small ones more often: about as 1 / (1 + index).
sub zipf
{
	my ($count) = @_;

	return int(($count + 1)**rand()) - 1;
}

# 20,000 different words, each put together by $make.
sub rare_words
{
	my ($make) = @_;
	my %seen;

	while (keys %seen < 20_000)
	{
		$seen{ $make->() } = 1;
	}
	return [ shuffle(sort keys %seen) ];
}

sub han_maker
{
	my @characters = split //, '天地人山水火木金土石田禾米竹丝布皮革油漆纸笔书'
		. '刀弓车舟门户口手足目耳心头面身衣食住行红黄蓝白黑青紫灰大小高低长短厚'
		. '薄新旧快慢冷热干湿轻重左右上下前后内外东西南北春夏秋冬早晚晨夜年月日时'
		. '分秒元角斤两米尺寸层号楼房间床桌椅柜箱袋瓶盒管线板片块条根张件套双对组'
		. '批次表单据证票章印图样品料货物器具机床模具针剪钉锤锯钻磨铣焊压铸喷涂镀'
		. '洗烘熨缝裁绣印染织编包装运输存检查修换补配送收发领退登记录核算计划安排'
		. '培训考勤请假调岗升级降薪奖罚评比选举代表会议谈判协商调解仲裁诉讼投诉举'
		. '报申请审批通知公告规定制度标准流程方案措施责任义务权利保障健康安全卫生环'
		. '境消防疏散通道设备电源开关照明通风噪音粉尘毒气化学辐射体检医院药诊断治疗'
		. '康复残疾鉴定等级护理营养餐饮汤菜饭面肉鱼蛋奶茶糖盐醋酱水电费房租交通话';

	return sub {
		my $many = rand() < 0.8 ? 2 : 3;

		return join '', map { $characters[ zipf(scalar @characters) ] }
			1 .. $many;
	};
}

sub viet_maker
{
	my @onsets = qw(b c ch d đ g h kh l m n nh ng ph r s t th tr v x qu gi);
	my @open = qw(a an ang anh ao ay âm ân âu ây em en eo ê ên ênh i iên iêu
		im in inh o oa oai oan oi on ong ô ôi ôn ông ơ ơi ơn u ua uân ui ung
		ư ưa ươi ương uôn uyên y yên);
	my @shut = qw(ac ach at ap ăt âp âc ât êt ich iêc iêt it oc op ôc ôt ut uc
		ưc ươc);
	my @tones = ('', "\x{300}", "\x{301}", "\x{309}", "\x{303}", "\x{323}");
	my $syllable = sub {
		my $closed = rand() < 0.25;
		my $rhyme = $closed ? $shut[ zipf(scalar @shut) ]
			: $open[ zipf(scalar @open) ];
		my $tone = $closed ? $tones[ rand() < 0.5 ? 2 : 5 ]
			: $tones[ int(rand(6)) ];

		# The tone goes to a vowel that has a mark, else the last but one
		# of those that end the syllable.
		$rhyme =~ s/(.*[âêôơưă])/$1$tone/
			or $rhyme =~ s/([aeiouy])([aeiouy]|[^aeiouy]+)?$/$1 . $tone . ($2 \/\/ '')/e;
		return NFC($onsets[ zipf(scalar @onsets) ] . $rhyme);
	};

	return sub { return $syllable->() . ' ' . $syllable->() };
}

sub english_maker
{
	my @stems = qw(inspect report weld paint pack stitch mould polish print
		dye knit weave cut press drill grind test sort load lift carry
		store ship mark label seal fold trim sand coat plate heat cool dry
		wash clean sweep guard light vent pipe wire switch lock alarm exit
		stair floor roof wall door fence gate lamp fan pump tank valve belt
		chain gear shaft motor sensor panel board chip cable plug socket
		screw bolt rivet hinge frame shelf rack crate box bag tape glue resin
		foam rubber leather canvas cotton linen silk wool thread button zip
		buckle lace sole heel strap collar sleeve pocket hem seam pattern
		sample batch order invoice ledger badge card form permit visa claim
		appeal mediate arbitrate negotiate record audit train coach measure
		rotate assign promote suspend dismiss rehire transfer subcontract);
	my @prefixes = ('', '', '', qw(re pre un over under sub inter multi non
		semi auto));
	my @suffixes = ('', '', qw(s ed ing er ers ion al able ment ness ful));

	return sub {
		return $prefixes[ zipf(scalar @prefixes) ]
			. $stems[ zipf(scalar @stems) ]
			. $suffixes[ zipf(scalar @suffixes) ]
			. (rand() < 0.5 ? ' ' . $stems[ zipf(scalar @stems) ] : '');
	};
}

my %rare;

my %blanks = (
	n => sub { return 1 + zipf(24) },
	day => sub { return 1 + int(rand(28)) },
	hour => sub { return 6 + int(rand(6)) },
	money => sub { return rand() < 0.5 ? 10 + zipf(990)
			: sprintf('%d,%03d.50', 1 + zipf(40), int(rand(1000))) },
	code => sub { return sprintf('%s-%d', chr(65 + zipf(26)),
			100 + int(rand(90_000))) },
	phone => sub { return sprintf('0%d-%07d', 20 + zipf(70),
			int(rand(10_000_000))) },
);

sub fill
{
	my ($language, $blank) = @_;

	return $blanks{$blank}->() if $blanks{$blank};
	my $list = $blank eq 'rare' ? $rare{$language} : $words{$language}{$blank};
	return $list->[ zipf(scalar @$list) ];
}

sub any_of
{
	my ($list) = @_;

	return $list->[ int(rand(@$list)) ];
}

sub clause
{
	my ($language, $list) = @_;
	my $clause = any_of($list);

	$clause =~ s/\{(\w+)\}/fill($language, $1)/ge;
	return $clause;
}

# Two clauses or three, in any order.
sub clauses
{
	my ($language) = @_;
	my @lists = ($clauses{$language}, $common{$language});

	push @lists, $common{$language} if rand() < 0.3;
	return shuffle(map { clause($language, $_) } @lists);
}

sub without_marks
{
	my ($sentence) = @_;

	$sentence = NFD($sentence);
	$sentence =~ s/\p{Mn}//g;
	$sentence =~ tr/đĐ/dD/;
	return $sentence;
}

sub in_traditional
{
	my ($sentence) = @_;

	$sentence =~ s/(\p{Han})/$traditional{$1} \/\/ $1/ge;
	return $sentence;
}

my %language = (han => 'han', traditional => 'han', viet => 'viet',
	unmarked => 'viet', english => 'english');

# The text as one writes it that way.
sub written
{
	my ($way, $text) = @_;

	return in_traditional($text) if $way eq 'traditional';
	return without_marks($text) if $way eq 'unmarked';
	return $text;
}

sub made_sentence
{
	my ($way) = @_;
	my @clauses = clauses($language{$way});

	return written($way, $language{$way} eq 'han'
		? join('，', @clauses) . '。'
		: ucfirst(join(', ', @clauses)) . '. ');
}

sub make_words
{
	%rare = (
		han => rare_words(han_maker()),
		viet => rare_words(viet_maker()),
		english => rare_words(english_maker()));
	return;
}

# What IETP_DATA brings

my %cut_out;
my %asked;

sub lines_of
{
	my ($file) = @_;

	open my $in, '<:encoding(UTF-8)', "$ENV{IETP_DATA}/search_dev/$file"
		or die "cannot open $file: $!\n";
	my @lines = <$in>;
	close $in;
	chomp @lines;
	return map { [ split /\t/ ] } @lines;
}

sub read_sentences
{
	my %way = (zh => 'han', vi => 'viet', en => 'english');

	foreach my $line (lines_of('docs.tsv'))
	{
		push @{ $cut_out{ $way{ $line->[2] } } },
			$line->[3] =~ /\G\s*(.+?(?:[。！？]+|[.!?]+(?=\s|$)|$))/g;
	}
	foreach my $line (lines_of('queries.tsv'))
	{
		push @{ $asked{ $line->[0] } }, $line->[5];
	}
	return;
}

sub cut_sentence
{
	my ($way) = @_;
	my $sentence = written($way, any_of($cut_out{ $language{$way} }));

	return $language{$way} eq 'han' ? $sentence : "$sentence ";
}

my $sentence = $ENV{IETP_DATA} ? \&cut_sentence : \&made_sentence;

# Documents and queries

sub one_way
{
	my $at = rand(100);

	foreach my $way (sort keys %share)
	{
		return $way if ($at -= $share{$way}) < 0;
	}
	return 'han';
}

sub document
{
	my $mixed = rand() < 0.3;
	my $way = one_way();
	my $many = 2 + int(rand(3));

	return join '', map { $sentence->($mixed ? one_way() : $way) } 1 .. $many;
}

sub print_documents
{
	my ($many) = @_;

	foreach my $number (1 .. $many)
	{
		my $document = document();

		$document =~ s/\s+/ /g;
		$document =~ s/\\/\\\\/g;
		print "$number\t$document\n";
	}
	return;
}

# What somebody looks for: a word, two, a code or a telephone number that is in
# a document, or any characters in a row, which may begin within a word.
sub made_keywords
{
	my ($number) = @_;
	my $way = one_way();
	my $language = $language{$way};
	my $kind = $number % 10;
	my $text = '';

	return written($way, fill($language, 'rare')) if $kind < 4;
	return written($way, any_of($words{$language}
		{ (qw(factory dept benefit))[ $kind - 4 ] }))
		if $kind < 7;
	return written($way,
		fill($language, 'rare') . ' ' . fill($language, 'job'))
		if $kind == 7;
	$text = document()
		until $text =~ ($kind == 8 ? qr/\b([A-Z]-\d{3,}|0\d\d-\d{7})\b/
			: qr/\p{Han}{5}(\p{Han}{2,4})/);
	return $1;
}

sub print_queries
{
	my (@keywords, @questions);

	if ($ENV{IETP_DATA})
	{
		@keywords = map { (shuffle(@{ $asked{$_} }))[ 0 .. 9 ] }
			map { "kw_xq_$_" } qw(zh zh_trad vi vi_strip en);
		@questions = map { (shuffle(@{ $asked{$_} }))[ 0 .. 5 ] }
			map { "xq_$_" } qw(zh zh_trad vi vi_strip en);
	}
	else
	{
		@keywords = map { made_keywords($_) } 1 .. 50;
		@questions = map { @{ $questions{$_} } } sort keys %questions;
	}
	print map { "$_\n" } (map { "keywords\t$_" } @keywords),
		map { "question\t$_" } @questions;
	return;
}

die "usage: documents.pl documents NUMBER | queries\n"
	unless "@ARGV" =~ /^(?:documents [0-9]+|queries)$/;
$ENV{IETP_DATA} ? read_sentences() : make_words();
$ARGV[0] eq 'documents' ? print_documents($ARGV[1]) : print_queries();
