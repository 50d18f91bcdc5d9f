import numpy as np
import pandas as pd
from sklearn.ensemble import ExtraTreesClassifier, HistGradientBoostingClassifier
from sklearn.metrics import roc_auc_score
from sklearn.model_selection import StratifiedKFold

SEED = 2022
N_FOLDS = 5
np.random.seed(SEED)

train = pd.read_csv('input/train.csv')
test = pd.read_csv('input/test.csv')
sub = pd.read_csv('input/sample_submission.csv')
print('train', train.shape, 'test', test.shape)

train['target'] = (train['booking_status'] == 'Canceled').astype(int)
train = train.drop(columns=['booking_status'])
test['target'] = -1
n_train = len(train)

# do everything on both together
df = pd.concat([train, test], ignore_index=True)

# ---------- dates ----------
df['arrival_date'] = pd.to_datetime(df['arrival_date'])
df['month'] = df['arrival_date'].dt.month
df['dow'] = df['arrival_date'].dt.dayofweek
df['week'] = df['arrival_date'].dt.isocalendar().week.astype(int)
df = df.drop(columns=['arrival_date'])

# ---------- label encoding ----------
cat_cols = ['type_of_meal_plan', 'room_type_reserved', 'market_segment_type']
for c in cat_cols:
    df[c] = df[c].fillna('missing')
    mapping = {v: i for i, v in enumerate(sorted(df[c].unique()))}
    print(c, mapping)
    df[c] = df[c].map(mapping)

# ---------- features ----------
df['total_nights'] = df['no_of_weekend_nights'] + df['no_of_week_nights']
df['total_guests'] = df['no_of_adults'] + df['no_of_children']
df['price_per_guest'] = df['avg_price_per_room'] / (df['total_guests'] + 1)
df['total_price'] = df['avg_price_per_room'] * df['total_nights']
# mean price per month / room type
df['room_month_price'] = df.groupby(['room_type_reserved', 'month'])['avg_price_per_room'].transform('mean')
df['price_diff'] = df['avg_price_per_room'] - df['room_month_price']
for c in ['market_segment_type', 'room_type_reserved']:
    df[c + '_cnt'] = df[c].map(df[c].value_counts())

df = df.fillna(-999)

features = [c for c in df.columns if c not in ('Booking_ID', 'target')]
train, test = df[:n_train].copy(), df[n_train:].copy()
X, y = train[features].values, train['target'].values
X_test = test[features].values

# ---------- CV ----------
oof = np.zeros(len(train))
preds = np.zeros(len(test))
skf = StratifiedKFold(n_splits=N_FOLDS, shuffle=True, random_state=SEED)
for fold, (tr, va) in enumerate(skf.split(X, y)):
    hgb = HistGradientBoostingClassifier(max_iter=250, learning_rate=0.05, max_leaf_nodes=15,
                                         l2_regularization=1.0, random_state=SEED)
    hgb.fit(X[tr], y[tr])
    et = ExtraTreesClassifier(n_estimators=300, min_samples_leaf=3, n_jobs=-1, random_state=SEED + fold)
    et.fit(X[tr], y[tr])

    p = 0.6 * hgb.predict_proba(X[va])[:, 1] + 0.4 * et.predict_proba(X[va])[:, 1]
    oof[va] = p
    preds += (0.6 * hgb.predict_proba(X_test)[:, 1] + 0.4 * et.predict_proba(X_test)[:, 1]) / N_FOLDS
    print(f'fold {fold} AUC: {roc_auc_score(y[va], p):.5f}')

print(f'CV AUC: {roc_auc_score(y, oof):.5f}')
print(f'CV ACC: {((oof > 0.5) == y).mean():.5f}')

sub['booking_status'] = preds
sub.to_csv('submission.csv', index=False)
print(sub.head())
